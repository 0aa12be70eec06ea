"""A score as text, with how sure its shares are."""

from __future__ import annotations

from math import sqrt

from structurer.evaluate.scoring import Score, Tally

_COLUMNS = ("right", "wrong", "queued", "missing", "invented", "left open")


def render(total: Score) -> str:
    """A score as a plain-text table."""
    rows: list[tuple[str, ...]] = [("", *_COLUMNS, "accepted", "95%")]
    tables = dict.fromkeys(table for table, _ in total.tallies if table != "metadata")
    rows += [_row(table, total.tally(table=table)) for table in tables]
    if tables:
        rows.append(_row("zero", total.tally(kind="zero")))
        rows.append(_row("non-zero", total.tally(kind="nonzero")))
        rows.append(_row("all", total.tally()))
    if any(table == "metadata" for table, _ in total.tallies):
        rows.append(_row("metadata", total.tally(table="metadata")))
    rows += [_row(f"status {status}", tally) for status, tally in sorted(total.statuses.items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.append(
        f"broken hard edits: {total.violations_found} of {total.violations_expected} reported,"
        f" {total.violations_spurious} reported without cause"
    )
    lines.append(f"documents: {total.documents}")
    return "\n".join(lines)


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    counts = (tally.right, tally.wrong, tally.queued, tally.missing, tally.invented, tally.left_open)
    if not tally.knowable:
        return (name, *map(str, counts), "-", "-")
    low, high = wilson(tally.right, tally.knowable)
    share = f"{tally.right / tally.knowable:.2%}"
    return (name, *map(str, counts), share, f"{low:.1%}..{high:.1%}")


def wilson(part: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval for a share: where the true one lies, 95% sure at the default `z`."""
    if not of:
        return 0.0, 1.0
    share = part / of
    centre = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)
