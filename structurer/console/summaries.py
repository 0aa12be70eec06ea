"""Short accounts of an import, of checks and of forms: numbers left, text last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from structurer.console.signs import SIGNS
from structurer.terminal import hanging, plain, wrap

if TYPE_CHECKING:
    from structurer.bulk import Summary
    from structurer.forms import Form, Forms, Table
    from structurer.observation import Finding

OUTCOMES = {"pass": "passed", "fail": "failed", "unknown": "not evaluated"}


class Check(Protocol):
    """A rule laid over one document; both sides where they could be added up."""

    @property
    def rule(self) -> str:
        """Id of the edit rule."""

    @property
    def severity(self) -> str:
        """Whether it is a hard edit (`error`) or a soft one (`warning`)."""

    @property
    def where(self) -> str:
        """The row or column it was laid over."""

    @property
    def outcome(self) -> str:
        """`pass`, `fail` or `unknown`."""

    @property
    def left(self) -> int | float | None:
        """Sum of the left side."""

    @property
    def right(self) -> int | float | None:
        """Sum of the right side."""

    @property
    def message(self) -> str:
        """What is wrong, with both sides."""


def import_text(summary: Summary, *, skipped: int, dry_run: bool = False) -> str:
    """What an import did, a count a line."""
    done = "to import" if dry_run else "imported"
    files = {done: summary.imported, "unchanged": summary.unchanged, "failed": summary.failed}
    if summary.left:
        files["failed before, left alone"] = summary.left
    if skipped:
        files["skipped (not a format that is read)"] = skipped
    lines = [f"files, in {summary.seconds:.1f} s", *_counts(files)]
    if summary.copies:
        lines += [
            "the same report from another site",
            *_counts({"linked, not counted twice": summary.copies}),
        ]
    if summary.failures:
        lines += ["failures", *_counts(summary.failures)]
    if summary.statuses:
        statuses: dict[str, int] = {
            status: summary.statuses[status] for status in SIGNS if status in summary.statuses
        }
        lines += [f"values, {summary.accepted} of {sum(statuses.values())} accepted", *_counts(statuses)]
    if summary.tables:
        states = {
            f"{name} {state}": count
            for name, known in summary.tables.items()
            for state, count in sorted(known.items())
        }
        lines += ["tables", *_counts(states)]
    broken = {f"{severity}s": summary.findings.get(severity, 0) for severity in ("error", "warning")}
    if any(broken.values()):
        lines += ["findings", *_counts(broken)]
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> list[str]:
    room = max((len(f"{count:,}") for count in counts.values()), default=1)
    return [f"  {count:>{max(room, 6)},}  {name}" for name, count in counts.items()]


def checks_text(checks: Sequence[Check], *, width: int, full: bool = False) -> str:
    """Every rule that failed, with both sides; then what was not evaluated; then the counts."""
    failed = [check for check in checks if check.outcome == "fail"]
    unknown = [check for check in checks if check.outcome == "unknown"]
    lines: list[str] = []
    for check in failed:
        head = f"{'error' if check.severity == 'error' else 'warning'}: "
        lines += hanging(head, f"{plain(check.message)} [{check.rule}]", width)
    if full:
        for check in checks:
            if check.outcome == "pass":
                lines += hanging("passed: ", f"{_place(check)}: {check.left} and {check.right}", width)
    for rule, count in Counter(check.rule for check in unknown).items():
        places = ", ".join(plain(check.where) for check in unknown if check.rule == rule and check.where)
        lines += hanging(f"not evaluated: {count} x ", f"{rule} ({places})" if places else rule, width)
    counts = Counter(check.outcome for check in checks)
    said = ", ".join(f"{counts[outcome]} {word}" for outcome, word in OUTCOMES.items())
    return "\n".join([*lines, *wrap(f"{len(checks)} checks: {said}", width)])


def findings_text(findings: Sequence[Finding], *, width: int) -> str:
    """One paragraph a finding."""
    lines: list[str] = []
    for finding in findings:
        lines += hanging(f"{finding.severity}: ", f"{plain(finding.message)} [{finding.rule}]", width)
    return "\n".join(lines)


def reasons_text(reasons: Iterable[str], *, width: int) -> str:
    """One paragraph a reason; its further lines stand in by two."""
    lines: list[str] = []
    for reason in reasons:
        text = plain(reason)
        first = wrap(text, width)[0]
        more = text[len(first) :].strip()
        lines += [first, *(hanging("  ", more, width) if more else ())]
    return "\n".join(lines)


def _place(check: Check) -> str:
    return plain(f"{check.rule} ({check.where})" if check.where else check.rule)


def forms_text(forms: Forms, *, width: int) -> str:
    """One paragraph a form: its tables with how much they hold."""
    lines: list[str] = []
    for form in forms.forms:
        first, last = form.years
        years = f"{first}-{last}" if last else f"{first} on"
        lines += wrap(f"{form.form}  {form.title} ({years})", width)
        for table in form.tables:
            size = f"  {len(table.cells):>4} values {len(table.edits):>3} checks  "
            lines += hanging(size, f"{table.id} {table.number} {table.title}", width)
    return "\n".join([*lines, "`structurer forms NAME` lists the indicators and rules of one form."])


def form_text(form: Form, *, width: int) -> str:
    """The indicators and rules of one form."""
    first, last = form.years
    lines = wrap(f"{form.form}  {form.title} ({first}-{last or 'now'}); {form.origin}", width)
    for table in form.tables:
        lines += ["", *wrap(f"{table.id} {table.number} {table.title}", width), *_indicators(table, width)]
        for rule in table.rules:
            sign = "=" if rule.relation == "equal" else "<="
            each = f" for each {rule.for_each}" if rule.for_each else ""
            lines += hanging(f"  {rule.severity}: ", f"{rule.id}{each}", width)
            lines += hanging("      ", f"{' + '.join(rule.left)} {sign} {' + '.join(rule.right)}", width)
            lines += hanging("      ", rule.origin, width)
    return "\n".join(lines)


def _indicators(table: Table, width: int) -> Iterable[str]:
    for cell in table.cells:
        unit = f" ({cell.unit})" if cell.unit else ""
        yield from hanging(
            f"  {cell.indicator}  ", f"{cell.label}{unit}", max(width, len(cell.indicator) + 24)
        )
