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
    """A source of an indicator, and its place in the order of sources."""

    indicator: Indicator
    source: Source
    rank: int


class Harmoniser:
    """The crosswalk turned round: from a figure to what it feeds. Made once, used for every report."""

    def __init__(self, crosswalk: Crosswalk, wanted: Collection[str] = ()) -> None:
        """`wanted`: ids of indicators; all, if none is named."""
        self.indicators = tuple(one for one in crosswalk.indicators if not wanted or one.id in wanted)
        self._rank = {one.id: number for number, one in enumerate(self.indicators)}
        self._feeds: dict[str, list[_Feed]] = {}
        for one in self.indicators:
            sources = [source for form in crosswalk.forms for source in one.sources.get(form, ())]
            for source in dict.fromkeys(sources):
                for part in source.of:
                    self._feeds.setdefault(part, []).append(_Feed(one, source, sources.index(source)))

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
        found: dict[str, list[Part]] = {}
        for figure in figures:
            if figure.indicator in self._feeds:
                found.setdefault(figure.indicator, []).append(figure)
        best: dict[str, _Feed] = {}
        for key in found:
            for feed in self._feeds[key]:
                known = best.get(feed.indicator.id)
                if (known is None or feed.rank < known.rank) and feed.source.holds(year):
                    best[feed.indicator.id] = feed
        made = {key: _cell(feed, found, document) for key, feed in best.items()}
        return dict(sorted(made.items(), key=lambda pair: self._rank[pair[0]]))


def _cell(feed: _Feed, found: Mapping[str, Sequence[Part]], document: str) -> Cell:
    indicator, keys = feed.indicator, feed.source.of
    parts = [_one(found.get(key, ())) for key in keys]
    made = _same(parts[0], indicator, keys, document) if len(keys) == 1 else None
    return made or _sum(parts, indicator, keys, document)


def _one(said: Sequence[Part]) -> Part | None:
    """The figure under one key. Prose may state it several times; if the statements differ, none counts."""
    if len(said) <= 1:
        return said[0] if said else None
    accepted = [part for part in said if part.accepted]
    values = {(part.value, part.unit, part.qualifier) for part in accepted}
    return accepted[0] if len(values) == 1 else None


def _same(part: Part | None, indicator: Indicator, keys: tuple[str, ...], document: str) -> Cell | None:
    if part is None:
        return _open(
            indicator, keys, "identity", "the report states it several times, and differently", document
        )
    value, unit, note, known = part.value, part.unit or indicator.unit, "", True
    if indicator.kind == "money":
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
