"""What `--dry-run` says beforehand against what is then used: calls, prompt tokens, answers.

    python -m benchmarks.dry [--generated N]

An oracle gives true answers; what it is sent and what it writes is counted with the estimate's own counter.
Three sets: the real reports where they are at hand, generated forms, and prose that no pattern reads. Exits
1 where calls differ, or tokens by more than a tenth.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks import unusual
from benchmarks.ask import sent
from benchmarks.asking import asked
from benchmarks.endpoints import Endpoint
from benchmarks.endpoints.oracle import Teller
from benchmarks.sources import Source, generated, real
from structurer.forms import load_forms
from structurer.many import questions_of
from structurer.model import Client
from structurer.model.ledger import Estimate
from structurer.settings import Settings
from structurer.tokens import counter

TENTH = 0.1
NOWHERE = "http://127.0.0.1:9/v1"


def said(source: Source, ask: str) -> Estimate:
    """The estimate for one report; nothing is sent."""
    settings = Settings.model_validate(
        {"model": "openai:fake", "base_url": NOWHERE, "api_key": "none", "ask": ask}
    )
    client = Client(settings)
    return client.estimate(questions_of(source.name, source.data, client, settings, load_forms()))


def used(source: Source, ask: str) -> tuple[int, int, int]:
    """Calls, prompt tokens and answer tokens of one report, off the wire."""
    count, teller = counter(), Teller(source.truth)
    with Endpoint(teller) as endpoint:
        asked(source, endpoint.base_url, ask=ask)
    return (
        len(endpoint.calls),
        sum(count(sent(call)) for call in endpoint.calls),
        sum(map(count, teller.sent)),
    )


def compare(name: str, sources: Sequence[Source], ask: str) -> bool:
    """Print a line; whether the estimate holds."""
    estimates = [said(source, ask) for source in sources]
    calls, prompt, answers = (sum(each) for each in zip(*(used(one, ask) for one in sources), strict=True))
    told = sum(one.calls for one in estimates)
    told_prompt = sum(one.prompt_tokens for one in estimates)
    told_answers = sum(one.completion_tokens for one in estimates)
    ratio = (told_prompt + told_answers) / (prompt + answers)
    print(
        f"{name:<11}{ask:<6}{told:>7,}{calls:>7,}{told_prompt:>10,}{prompt:>10,}"
        f"{told_answers:>9,}{answers:>9,}{ratio:>9.3f}"
    )
    return told == calls and abs(ratio - 1) <= TENTH


def main(arguments: list[str] | None = None) -> int:
    """Compare and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dry", description=__doc__.partition("\n")[0])
    parser.add_argument("--generated", type=int, default=40)
    options = parser.parse_args(arguments)
    sets = (
        ("real", real()),
        ("generated", list(generated(options.generated, seed=5))),
        ("prose", list(unusual.sources(options.generated // 2))),
    )
    print(
        f"{'':<17}{'calls':>7}{'made':>7}{'prompts':>10}{'sent':>10}{'answers':>9}{'came':>9}{'tokens':>9}"
        f"   ({counter().name})"
    )
    held = [compare(name, sources, ask) for name, sources in sets if sources for ask in ("open", "all")]
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
