"""One report's figures as cells of the panel: each harmonised indicator, by identity or by sum."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from structurer.crosswalk import Crosswalk, Indicator, Source
from structurer.observation import Period, Printed, Qualifier, Status, Value

How = Literal["identity", "sum"]
#: From the surest to the least: a sum is as sure as the least sure of its parts.
_SURE: Mapping[str, int] = {
    status: rank
    for rank, status in enumerate(("verified", "inferred", "stated", "disputed", "ambiguous", "unsupported"))
}
#: What one of a unit is in 万元.
_MONEY = {"万元": Decimal(1), "元": Decimal("0.0001"), "亿元": Decimal(10_000)}


class Part(Protocol):
    """A figure of a report, as the store gives it."""

    @property
    def indicator(self) -> str:
        """Its key."""

    @property
    def value(self) -> int | float | None:
        """Its number; None where it is open or blank."""

    @property
    def unit(self) -> str:
        """Its unit, as published."""

    @property
    def qualifier(self) -> str:
        """`exact`, or how it is not."""

    @property
    def printed(self) -> str:
        """What stands on the page."""

    @property
    def status(self) -> str:
        """How sure it is."""

    @property
    def accepted(self) -> bool:
        """Whether it may leave."""

    @property
    def reviewed(self) -> bool:
        """Whether a person decided it."""


class Cell(NamedTuple):
    """One harmonised indicator of one agency in one year."""

    indicator: str
    label: str
    value: Value
    unit: str
    qualifier: Qualifier
    printed: Printed
    status: Status
    accepted: bool
    how: How
    source: tuple[str, ...]
    """The figures of the report it is made of: one that is the same, or those that were added up."""
    document: str = ""
    """The report's id; of a merged series, those of all its reports, joined by spaces."""
    note: str = ""
    """Why a cell is not accepted, where its parts were; a published unit that was converted."""
    reviewed: bool = False
    """Whether a person decided it, or all its parts."""

    @property
    def period(self) -> Period:
        """Always the year: nothing else is put into a panel."""
        return "year"

    @property
    def counts(self) -> bool:
        """Whether rules may be asked of it: a value that stands, or one that is printed and disputed."""
        return self.accepted or self.status == "disputed"


class _Feed(NamedTuple):
    """A source of an indicator, with the places of both in their orders."""

    place: int
    rank: int
    indicator: Indicator
    source: Source
    id: str
    always: bool
    """Whether reports on any year may be read so."""
    plain: bool
    """One count that is taken as it is."""


class Harmoniser:
    """The crosswalk turned round: from a figure to what it feeds. Made once, used for every report."""

    def __init__(self, crosswalk: Crosswalk, wanted: Collection[str] = ()) -> None:
        """`wanted`: ids of indicators; all, if none is named."""
        self._feeds: dict[str, list[_Feed]] = {}
        indicators = (one for one in crosswalk.indicators if not wanted or one.id in wanted)
        for place, one in enumerate(indicators):
            sources = [source for form in crosswalk.forms for source in one.sources.get(form, ())]
            for rank, source in enumerate(dict.fromkeys(sources)):
                plain = len(source.of) == 1 and one.kind != "money"
                always = source.years == (None, None)
                feed = _Feed(place, rank, one, source, one.id, always, plain)
                for part in source.of:
                    self._feeds.setdefault(part, []).append(feed)

    @classmethod
    def nothing(cls, crosswalk: Crosswalk) -> Harmoniser:
        """One that asks for no figure: for who reports when."""
        return cls(crosswalk.model_copy(update={"indicators": ()}))

    @property
    def parts(self) -> Collection[str]:
        """The figures that are asked for."""
        return self._feeds.keys()

    def cells(self, figures: Iterable[Part], year: int, document: str = "") -> dict[str, Cell]:
        """Cells by indicator, in the crosswalk's order. What a table states, prose does not."""
        found: dict[str, Part | None] = {}
        again: dict[str, list[Part]] = {}
        best: dict[int, _Feed] = {}
        for figure in figures:
            key = figure.indicator
            if key in found:
                again.setdefault(key, []).append(figure)
                continue
            for feed in self._feeds.get(key, ()):
                found[key] = figure
                known = best.get(feed.place)
                if (known is None or feed.rank < known.rank) and (feed.always or feed.source.holds(year)):
                    best[feed.place] = feed
        for key, more in again.items():
            found[key] = _one([found[key], *more])
        return {feed.id: _cell(feed, found, document) for _, feed in sorted(best.items())}


def _cell(feed: _Feed, found: Mapping[str, Part | None], document: str) -> Cell:
    indicator, keys = feed.indicator, feed.source.of
    part = found.get(keys[0])
    if feed.plain and part is not None:
        return Cell(
            feed.id,
            indicator.label,
            part.value,
            part.unit or indicator.unit,
            part.qualifier,  # type: ignore[arg-type]
            part.printed,  # type: ignore[arg-type]
            part.status,  # type: ignore[arg-type]
            bool(part.accepted),
            "identity",
            keys,
            document,
            "",
            bool(part.reviewed),
        )
    if len(keys) > 1:
        return _sum([found.get(key) for key in keys], indicator, keys, document)
    return _amount(part, indicator, keys, document)


def _one(said: Sequence[Part | None]) -> Part | None:
    """The figure that prose states several times; if the statements differ, none counts."""
    accepted = [part for part in said if part is not None and part.accepted]
    values = {(part.value, part.unit, part.qualifier) for part in accepted}
    return accepted[0] if len(values) == 1 else None


def _amount(part: Part | None, indicator: Indicator, keys: tuple[str, ...], document: str) -> Cell:
    """A sum of money in one unit; of a figure that is stated differently in several places, an open cell."""
    if part is None:
        note = "the report states it several times, and differently"
        return _open(indicator, keys, "identity", note, document)
    value, unit, note, known = _money(part)
    return Cell(
        indicator.id,
        indicator.label,
        value,
        unit,
        part.qualifier,  # type: ignore[arg-type]
        part.printed,  # type: ignore[arg-type]
        part.status,  # type: ignore[arg-type]
        bool(part.accepted) and known,
        "identity",
        keys,
        document,
        note,
        part.reviewed,
    )


def _money(part: Part) -> tuple[int | float | None, str, str, bool]:
    """An amount in 万元, what was published if that is another unit, and whether the unit is known."""
    if part.value is None:
        return None, "万元", "", True
    of_one = _MONEY.get(part.unit)
    if of_one is None:
        said = f"published in {part.unit}" if part.unit else "no unit is printed"
        return part.value, part.unit, said, False
    if part.unit == "万元":
        return part.value, "万元", "", True
    amount = Decimal(str(part.value)) * of_one
    value = int(amount) if amount == amount.to_integral_value() else float(amount)
    return value, "万元", f"published as {part.value} {part.unit}", True


def _sum(parts: Sequence[Part | None], indicator: Indicator, keys: tuple[str, ...], document: str) -> Cell:
    """All parts added up; accepted only if every one is."""
    there = [part for part in parts if part is not None]
    missing = [key for key, part in zip(keys, parts, strict=True) if part is None or _is_open(part)]
    if missing or not there:
        note = f"open: {', '.join(missing[:3])}" + (
            f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        )
        return _open(indicator, keys, "sum", note, document)
    status = max((part.status for part in there), key=_SURE.__getitem__)
    waiting = [part.indicator for part in there if not part.accepted]
    inexact = any(part.qualifier != "exact" for part in there)
    return Cell(
        indicator.id,
        indicator.label,
        sum(part.value for part in there if part.value is not None),
        indicator.unit,
        "about" if inexact else "exact",
        "number",
        status,  # type: ignore[arg-type]
        not waiting and not inexact,
        "sum",
        keys,
        document,
        f"not accepted: {', '.join(waiting[:3])}" if waiting else "",
        all(part.reviewed for part in there),
    )


def _is_open(part: Part) -> bool:
    return part.value is None and part.printed != "not_applicable"


def _open(indicator: Indicator, keys: tuple[str, ...], how: How, note: str, document: str) -> Cell:
    return Cell(
        indicator.id, indicator.label, None, indicator.unit, "exact", "text", "ambiguous", False, how, keys,
        document, note,
    )  # fmt: skip


def added(cells: Sequence[Cell | None], label: str = "") -> Cell | None:
    """The same indicator of several agencies as one; None where none of them has it.

    Accepted only if all have it, accepted and exact; money only in one unit.
    """
    there = [cell for cell in cells if cell is not None]
    if not there:
        return None
    first = there[0]
    numbers = [cell.value for cell in there if isinstance(cell.value, int | float)]
    whole = len(numbers) == len(cells) and len({cell.unit for cell in there}) == 1
    source = tuple(dict.fromkeys(key for cell in there for key in cell.source))
    status = max((cell.status for cell in there), key=_SURE.__getitem__) if whole else "ambiguous"
    accepted = whole and all(cell.accepted and cell.qualifier == "exact" for cell in there)
    return first._replace(
        value=sum(numbers) if whole else None,
        status=status,
        accepted=accepted,
        how="sum",
        source=source,
        document=" ".join(dict.fromkeys(cell.document for cell in there)),
        note=label if accepted else f"{label}; not all of them have an accepted value".lstrip("; "),
    )
