"""The queue and the log of an item, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from structurer.console.item import outcome_line
from structurer.desk.desk import Entry
from structurer.review.agreement import Agreement, Noticed
from structurer.review.events import ACTS, Event
from structurer.review.fold import taken_back
from structurer.review.overruled import Lessons, Overruled
from structurer.store.reviews import Left
from structurer.terminal import hanging, left, plain


def queue_text(counts: Left, entries: Sequence[Entry], *, width: int) -> str:
    """What is left, by reason, and the items with the reason for each: ids left, text last."""
    total = counts.total
    lines = [f"{total} left, {counts.decided} decided"]
    lines += [f"{number:8}  {kind}" for kind, number in counts.kinds.items()]
    if counts.same:
        lines.append(
            f"{counts.same:8}  more in copies of reports: the same as in the report, asked there once"
        )
    unit = None
    for entry in entries:
        if entry.unit != unit:
            unit = entry.unit
            about = entry.document
            lines += [
                "",
                *hanging("", f"{plain(about.agency or 'agency unknown')} {about.year or ''}".strip(), width),
            ]
        state = "" if entry.state == "open" else f"{entry.state}, "
        lines += hanging(f"  {left(entry.id, 16)}  ", plain(entry.label), width)
        lines += hanging(" " * 20, f"{state}{entry.reason}: {plain(entry.why)}", width)
    if len(entries) < total:
        lines += ["", f"and {total - len(entries)} more; --limit 0 lists all"]
    return "\n".join(lines)


def log_text(events: Sequence[Event]) -> str:
    """An item's history, oldest first; what was taken back says so."""
    undone = taken_back(events)
    lines = []
    for event in events:
        said = outcome_line(event) if event.kind in ACTS else event.kind
        withdrawn = " [taken back]" if event.id in undone else ""
        reason = f": {plain(event.reason)}" if event.reason else ""
        blind = ", blind" if event.blind else ""
        final = ", final" if event.settles else ""
        carried = ", as in the report this is a copy of" if event.of else ""
        marks = f"{blind}{final}{carried}"
        when = f"{event.at:%Y-%m-%d %H:%M:%S}"
        lines.append(f"{when}  {plain(event.by)}  {said}{marks}{reason}{withdrawn}")
    return "\n".join(lines) if lines else "nothing was done about it yet"


def agreement_text(measured: Mapping[str, Agreement], seeded: Sequence[Noticed]) -> str:
    """Agreement by field, numbers left; then who noticed values known to be wrong."""
    lines = [f"{'n':>6}  {'agree':>6}  {'kappa':>6}  {'AC1':>6}  field"] if measured else []
    for name, one in measured.items():
        kappa = "-" if one.kappa is None else f"{one.kappa:.2f}"
        lines.append(f"{one.n:6}  {one.percent:6.1%}  {kappa:>6}  {one.ac1:6.2f}  {plain(name)}")
    lines = lines or ["no value was decided by two reviewers yet; `review plan --overlap 0.1` asks for some"]
    for check in seeded:
        lines.append(f"{plain(check.by)} noticed {check.noticed} of {check.shown} values known to be wrong")
    return "\n".join(lines)


def lessons_text(found: Lessons) -> str:
    """What was overruled, most often first."""
    lines = _overruled("rules whose suspicion was unfounded", found.rules)
    lines += _overruled("readings that were wrong", found.readings)
    if found.missed:
        lines += ["values that had to be added", *(f"{count:6}  {name}" for name, count in found.missed)]
    return "\n".join(lines) if lines else "nothing was decided yet"


def _overruled(title: str, told: Sequence[Overruled]) -> list[str]:
    if not told:
        return []
    rows = [f"{one.overruled:6} of {one.decided:5}  {one.share:6.1%}  {plain(one.name)}" for one in told]
    return [title, *rows]
