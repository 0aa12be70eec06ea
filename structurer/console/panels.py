"""A panel in a terminal: what is in it, who is who, what is missing, what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from structurer.terminal import hanging, plain

if TYPE_CHECKING:
    from structurer.crosswalk import Crosswalk
    from structurer.panel.agencies import Agency, Recognised
    from structurer.panel.build import Missing, Panel
    from structurer.panel.series import PanelFinding

_SHOWN = 12


def panel_text(panel: Panel) -> str:
    """What is in a panel: agencies, years, how much is accepted, what was found between reports."""
    years: Counter[int] = Counter()
    accepted: Counter[int] = Counter()
    cells: Counter[int] = Counter()
    agencies = 0
    for series in panel.series():
        agencies += 1
        for sheet in series.sheets:
            years[sheet.year] += 1
            cells[sheet.year] += len(sheet.cells)
            accepted[sheet.year] += sum(cell.accepted for cell in sheet.cells.values())
    lines = [
        f"agencies {agencies:,}, years with a report {sum(years.values()):,},"
        f" indicators {len(panel.indicators)}"
    ]
    if years:
        lines += ["", f"{'year':>6} {'reports':>8} {'values':>9} {'accepted':>9}"]
        lines += [
            f"{year:>6} {years[year]:>8,} {cells[year]:>9,} {_share(accepted[year], cells[year]):>9}"
            for year in sorted(years)
        ]
    found = Counter((one.severity, one.rule) for one in panel.findings())
    if found:
        lines += ["", "findings between reports"]
        lines += [f"  {count:>6,}  {rule} ({severity})" for (severity, rule), count in sorted(found.items())]
    missing = sum(len(one.years) for one in panel.gaps())
    told = panel.recognised
    counts = {
        "years without a report": (missing, "--gaps"),
        "names that may belong together": (len(told.suggestions), "--agencies-seen"),
        "reports in no series": (len(told.unplaced), "--agencies-seen"),
    }
    lines += ["", *(f"{count:>6,}  {name} ({option} lists them)" for name, (count, option) in counts.items())]
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def agencies_text(
    agencies: Sequence[Agency], recognised: Recognised, paths: Mapping[int, str], *, width: int
) -> str:
    """Each agency with its names, their reports, and why they are one; then doubts; then the rest."""
    lines: list[str] = []
    for one in agencies:
        above = f", below {plain(one.parent)}" if one.parent else ""
        lines += hanging("", f"{plain(one.name)}  {_years(one.years)}{above}", width)
        for spelling in one.spellings:
            lines += hanging(
                "  ", f"{plain(spelling.name)}  {_years(spelling.years)}  ({plain(spelling.why)})", width
            )
            shown = [plain(paths.get(number, "")) for number in spelling.documents[:_SHOWN]]
            lines += [f"      {path}" for path in shown]
            if len(spelling.documents) > _SHOWN:
                lines.append(f"      and {len(spelling.documents) - _SHOWN} more")
    if recognised.suggestions:
        lines += ["", "not joined, but perhaps one agency: say so in a file, --agencies FILE"]
        for names, why in recognised.suggestions:
            lines += hanging("  ", f"{' / '.join(map(plain, names))}: {plain(why)}", width)
    if recognised.unplaced:
        lines += ["", "in no series"]
        for number, why in recognised.unplaced:
            lines += hanging("  ", f"{plain(paths.get(number, ''))}: {plain(why)}", width)
    return "\n".join(lines) if lines else "no agency was recognised"


def gaps_text(missing: Iterable[Missing], *, width: int) -> str:
    """Who has no report, a line an agency."""
    lines: list[str] = []
    for one in missing:
        lines += hanging("", f"{plain(one.agency)}  {_years(one.years)}", width)
    return "\n".join(lines) if lines else "no year is without a report"


def panel_findings_text(found: Iterable[PanelFinding], *, width: int) -> Iterator[str]:
    """One paragraph a finding, under its agency."""
    agency = None
    for one in found:
        if one.agency != agency:
            agency = one.agency
            yield plain(agency)
        yield from hanging(f"  {one.severity}: ", f"{plain(one.message)} [{one.rule}]", width)


def crosswalk_text(walk: Crosswalk, keys: Sequence[str], *, width: int) -> str:
    """Indicators with what each form states them as, or why it does not."""
    lines: list[str] = []
    for key in keys:
        one = walk.by_id[key]
        unit = f" ({one.unit})" if one.unit else ""
        lines += hanging("", f"{one.id}  {one.label}{unit}", max(width, len(one.id) + 24))
        for form in walk.forms:
            for source in one.sources.get(form, ()):
                limits = "" if source.years == (None, None) else f", reports on {_limits(*source.years)}"
                lines += hanging(f"  {form}: ", " + ".join(source.of) + limits, width)
            if form in one.apart:
                lines += hanging(f"  {form}: ", f"not the same: {one.apart[form]}", width)
        if one.note:
            lines += hanging("  note: ", one.note, width)
    return "\n".join(lines)


def _limits(first: int | None, last: int | None) -> str:
    return (
        f"{first or ''}-{last or ''}".replace("-", " on" if last is None else "-")
        if first
        else f"until {last}"
    )


def _years(years: Sequence[int]) -> str:
    """Years with runs drawn together: 2014-2018, 2020."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
