"""What a model's errors do to accepted values: precision, share and queue over its error rate, and the plot.

    python -m benchmarks.noise [--reports N] [--rates 0,10,…] [--out docs/noise.svg] [--real]

A noisy oracle answers: true answers made from the truth of each report, each item wrong at a set rate and
in the ways models are (another number, another quote, another row, a month taken for a year, an invented
item for each ten true ones at the same rate). Reports are generated ones whose wording no pattern reads,
so that everything rests on the model; `--real` takes the five real ones instead, where they are at hand.

Three ways to take the same answers:
  at its word    every item is accepted, as a tool does that only checks the answer's shape
  checked        the library as it comes: a model's word alone waits in the queue
  opted in       the library with accept_model: what is grounded in the page is accepted
The real reports are also read with `ask=all`, where patterns and tables meet the model's second reading.
Exits 1 where the library, as it comes, accepts a false value that it does not accept without a model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from benchmarks import unusual
from benchmarks.asking import asked
from benchmarks.endpoints import Endpoint
from benchmarks.endpoints.oracle import LIES, Teller, at_its_word
from benchmarks.sources import ROOT, Source, real
from structurer.evaluate import Mark, marks
from structurer.observation import Extraction, Observation

WAYS = ("at its word", "checked", "opted in")


class Point(NamedTuple):
    """One way at one rate: accepted values right and false, values knowable, and what waits."""

    right: int = 0
    false: int = 0
    knowable: int = 0
    queue: int = 0
    reports: int = 0

    def plus(self, found: Sequence[Mark], queue: int) -> Point:
        """With one more report."""
        outcomes = [mark.outcome for mark in found if not mark.indicator.startswith("metadata.")]
        false = outcomes.count("wrong") + outcomes.count("invented")
        # a statement accepted under its row and right counts once; a false one is no knowable value
        knowable = sum(
            mark.expected is not None for mark in found if not mark.indicator.startswith("metadata.")
        )
        return Point(
            self.right + outcomes.count("right"),
            self.false + false,
            self.knowable + knowable,
            self.queue + queue,
            self.reports + 1,
        )

    @property
    def precision(self) -> float:
        """Of the accepted values, the share that is true; 1 where none is accepted."""
        accepted = self.right + self.false
        return self.right / accepted if accepted else 1.0

    @property
    def share(self) -> float:
        """Of the values that can be known, the share accepted and right."""
        return self.right / self.knowable if self.knowable else 1.0

    @property
    def waiting(self) -> float:
        """Values a reviewer has to look at, a report."""
        return self.queue / self.reports if self.reports else 0.0


def measure(sources: Sequence[Source], rate: float, ask: str, seed: int = 0) -> tuple[dict[str, Point], int]:
    """Every way at one rate, and how many false values the library accepts only because of the model."""
    points = {way: Point() for way in WAYS}
    added = 0
    for source in sources:
        teller = Teller(source.truth, rate, extra=rate / 10, seed=seed)
        with Endpoint(teller) as endpoint:
            checked = asked(source, endpoint.base_url, ask=ask)
            said = at_its_word(teller.told)
            opted = asked(source, endpoint.base_url, ask=ask, accept_model=True)
        alone = source.without_model()
        word = alone.model_copy(update={"observations": _believed(alone, said)})
        added += len(source.false(checked) - source.false(alone))
        for way, extraction in zip(WAYS, (word, checked, opted), strict=True):
            waiting = sum(not observation.accepted for observation in extraction.observations)
            points[way] = points[way].plus(list(marks(extraction, source.gold)), waiting)
    return points, added


def _believed(alone: Extraction, said: Sequence[Observation]) -> tuple[Observation, ...]:
    """What the model said, and about what it said nothing the report as read without it."""
    keys = {observation.indicator for observation in said}
    return (*said, *(one for one in alone.observations if one.indicator not in keys))


def rendered(curves: dict[float, dict[str, Point]]) -> str:
    """The table people read."""
    lines = [f"{'wrong items':<13}" + "".join(f"{way:^32}" for way in WAYS)]
    lines.append(f"{'':<13}" + f"{'precision':>12}{'share':>9}{'queue':>9}  " * len(WAYS))
    for rate, points in curves.items():
        cells = (
            f"{points[way].precision:>12.2%}{points[way].share:>9.1%}{points[way].waiting:>9.1f}  "
            for way in WAYS
        )
        lines.append(f"{rate:<13.0%}" + "".join(cells))
    return "\n".join(lines)


def by_kind(sources: Sequence[Source]) -> str:
    """What becomes of items that are all wrong in one way, opted in: what the page cannot tell."""
    lines = [f"{'every item wrong by':<21}{'told':>6}{'wrong':>7}{'accepted and false':>20}"]
    for kind in LIES:
        told = wrong = false = 0
        for source in sources:
            teller = Teller(source.truth, 1.0, kinds=[kind])
            with Endpoint(teller) as endpoint:
                found = asked(source, endpoint.base_url, accept_model=True)
            told += len(teller.told)
            wrong += sum(bool(item["wrong"]) for item in teller.told)
            false += len(source.false(found))
        lines.append(f"{kind:<21}{told:>6}{wrong:>7}{false:>20}")
    return "\n".join(lines)


_NAMES = {
    "at its word": "the model at its word",
    "checked": "structurer",
    "opted in": "structurer, accept_model",
}
_PANELS: tuple[tuple[str, Callable[[Point], float]], ...] = (
    ("accepted values that are true", lambda point: 100 * point.precision),
    ("values accepted and right", lambda point: 100 * point.share),
    ("values waiting for a person, a report", lambda point: point.waiting),
)


def draw(curves: dict[float, dict[str, Point]], out: Path) -> None:
    """The picture; its bytes are the same for the same figures."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "structurer", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(_PANELS), figsize=(10, 3.4), layout="constrained")
    rates = [100 * rate for rate in curves]
    styles = dict(
        zip(WAYS, (("#b2182b", "o", ":"), ("#2166ac", "s", "-"), ("#4d9221", "^", "--")), strict=True)
    )
    for axis, (title, value) in zip(axes, _PANELS, strict=True):
        for way in WAYS:
            color, marker, line = styles[way]
            heights = [value(points[way]) for points in curves.values()]
            axis.plot(
                rates, heights, color=color, marker=marker, linestyle=line, markersize=4, label=_NAMES[way]
            )
        axis.set_title(title, fontsize=9)
        axis.set_xlabel("model's items that are wrong, %")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("%")
    axes[1].set_ylabel("%")
    axes[0].legend(frameon=False, loc="lower left")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.noise", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--reports", type=int, default=40)
    parser.add_argument("--rates", default="0,10,20,30,40,50", help="percent of items that are wrong")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "noise.svg")
    parser.add_argument("--no-plot", action="store_true")
    parser.add_argument("--real", action="store_true", help="the five real reports instead")
    options = parser.parse_args(arguments)
    sources = real() if options.real else list(unusual.sources(options.reports))
    if not sources:
        print("the real reports are not at hand; STRUCTURER_REPORTS names their folder", file=sys.stderr)
        return 2
    plot = not options.no_plot and not options.real
    if plot and find_spec("matplotlib") is None:
        print("a picture needs matplotlib: pip install 'structurer[bench]', or --no-plot", file=sys.stderr)
        return 2
    curves: dict[float, dict[str, Point]] = {}
    added = 0
    for percent in options.rates.split(","):
        points, more = measure(sources, int(percent) / 100, "all" if options.real else "open")
        curves[int(percent) / 100] = points
        added += more
    knowable = next(iter(curves.values()))["checked"].knowable
    print(f"{len(sources)} reports; share: of {knowable} values that can be known")
    print(rendered(curves))
    print(f"false values accepted as it comes that are not without a model: {added}")
    if not options.real:
        print(by_kind(sources[:10]))
    if plot:
        draw(curves, options.out)
        print(f"drawn: {options.out}")
    return 1 if added else 0


if __name__ == "__main__":
    raise SystemExit(main())
