"""The page made of what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from structurer.evaluate import wilson

Part = dict[str, Any]
_EVERY = "python -m benchmarks.proof"
_WAYS = (
    ("at its word", "a model at its word"),
    ("checked", "structurer"),
    ("opted in", "structurer, accept_model"),
)


def page(found: dict[str, Part]) -> str:
    """The whole page in Markdown; parts that were not measured are left out."""
    parts = [_INTRO]
    for name, render in _PARTS.items():
        if name in found:
            parts.append(render(found[name]))
    return "\n".join(parts)


_INTRO = f"""# How right it is

Made by `{_EVERY}`, which measures everything below and writes this page and its data
([accuracy.json](accuracy.json)); a test holds that the page says what the data say. One part is
measured again with `--only PART`.

**Accepted** is a value that leaves by itself (`verified`, `stated`, `inferred`). **Precision** is the
share of accepted values that are true, **share** the share of all values that can be known from the
source and are accepted and right; what is not accepted waits for a person. Intervals are Wilson's at
95%. Cells of one table stand or fall together, so the true uncertainty of a share is wider than its
interval. A grid of zeros is right by accident: **zeros** and **other values** are counted apart. Values
that a report does not state, or that nobody could know from it, count as false as soon as one is
accepted for them.
"""


def _golden(part: Part) -> str:
    head = (
        "report",
        "zeros",
        "other values",
        "cannot be known, left open",
        "statements",
        "metadata",
        "false",
    )
    rows = []
    for row in part["rows"]:
        rows.append(
            (
                row["name"],
                _of(row["zero"]),
                _of(row["nonzero"]),
                str(row["unknowable"]["open"]),
                _of(row["statements"]),
                _of(row["metadata"]),
                str(_false(row)),
            )
        )
    return (
        "## Real reports\n\n"
        f"{part['of']} reports as they were published, against truth made by reading them (part `golden`;\n"
        "the reports themselves are not ours to ship, `--reports FOLDER` names where they are). Right and\n"
        "accepted of what can be known; statements are those in prose that concern a row of the forms.\n\n"
        + _table(head, rows)
    )


def _corpus(part: Part) -> str:
    lines = [
        "## Generated reports",
        "",
        f"{part['reports']:,} reports of seed {part['seed']} in {part['layouts']} layouts and",
        f"{part['damages']} kinds of damage, every pair that can occur (part `corpus`). Damages marked *",
        "destroy what tells where a figure belongs: whole rows, labels, cells that no sum binds.",
        "",
    ]
    head = (
        "",
        "reports",
        "precision",
        "zeros",
        "other values",
        "share",
        "cannot be known, left open",
        "false",
        "broken edits reported",
    )
    for kind, rows in part["by"].items():
        told = [
            (
                row["name"] + ("*" if kind == "damage" and row["name"] in part["harsh"] else ""),
                f"{row['documents']:,}",
                _precision(row),
                _percent(row["zero"]),
                _percent(row["nonzero"]),
                _share(row),
                f"{row['unknowable']['open']:,}" if row["unknowable"]["open"] else "–",
                str(_false(row)),
                f"{row['edits'][0]} of {row['edits'][1]}" if row["edits"][1] else "–",
            )
            for row in rows
        ]
        lines += [f"### By {kind}", "", _table(head, told)]
    return "\n".join(lines)


def _formats(part: Part) -> str:
    rows = [(row["name"], str(row["right"]), str(row["waits"]), str(row["wrong"])) for row in part["rows"]]
    return (
        "## Formats\n\n"
        "Two real PDFs, the official blank form, and the Word files made of them; with `--formats ocr` also\n"
        "their pages as scans (part `formats`). A scan's digits come from a machine's eyes: what no sum\n"
        "binds waits for a person.\n\n" + _table(("file", "right", "waits", "wrong"), rows)
    )


def _model(part: Part) -> str:
    head = (
        "items the model gets wrong",
        *(f"{name}: {what}" for _, name in _WAYS for what in ("precision", "share")),
        "structurer: waits a report",
    )
    rows = []
    for percent, points in part["curves"].items():
        shares = []
        for way, _ in _WAYS:
            right, false = points[way]["right"], points[way]["false"]
            shares += [_interval(right, right + false), _interval(right, part["knowable"])]
        rows.append((f"{percent}%", *shares, f"{points['checked']['queue']:.1f}"))
    return (
        "## A model's errors\n\n"
        f"{part['reports']} reports whose {part['knowable']:,} figures no pattern reads, so that all rests\n"
        "on the model; an oracle answers, each item wrong at the set rate in the ways models are (part\n"
        "`model`; `python -m benchmarks.noise` draws the same figures). False values accepted only because\n"
        f"a model was asked, as the library comes: **{part['added']}**.\n\n"
        + _table(head, rows)
        + "\n![accepted values over a model's error rate](noise.svg)\n"
    )


def _peers(part: Part) -> str:
    rows = [
        (
            name,
            f"{took['right']:,}",
            f"{took['wrong']:,}",
            _interval(took["right"], took["right"] + took["wrong"]),
            f"{took['tokens']:,}",
            f"{took['calls']:,}",
        )
        for name, took in part["tools"].items()
    ]
    right, wrong = part["tools"]["structurer"]["cells"]
    return (
        "## Beside other tools\n\n"
        f"The same {part['reports']} reports, half of them prose that no pattern reads, and the same\n"
        f"model, {part['rate']:g}% of whose items are wrong (part `peers`). langextract takes what it finds\n"
        "placed in the text, a plain instructor call what fits the schema. All three are judged by the\n"
        "statements they accept: what only a model says, structurer leaves to a reviewer. It also reads\n"
        f"the tables, without a model: {right:,} cells accepted and right, {wrong:,} false. False values\n"
        f"that it accepts only because a model was asked: **{part['added']}**.\n\n"
        + _table(("tool", "accepted and right", "accepted and false", "precision", "tokens", "calls"), rows)
    )


_PARTS = {"golden": _golden, "corpus": _corpus, "formats": _formats, "model": _model, "peers": _peers}


def _of(tally: Part) -> str:
    return f"{tally['right']} of {tally['knowable']}" if tally["knowable"] else "–"


def _percent(tally: Part) -> str:
    return f"{tally['right'] / tally['knowable']:.1%}" if tally["knowable"] else "–"


def _cells(row: Part) -> tuple[int, int, int]:
    """Right, false and knowable cells of a row."""
    right = row["zero"]["right"] + row["nonzero"]["right"]
    knowable = row["zero"]["knowable"] + row["nonzero"]["knowable"]
    return right, sum(row[kind]["false"] for kind in ("zero", "nonzero", "unknowable")), knowable


def _false(row: Part) -> int:
    return _cells(row)[1] + int(row["statements"]["false"]) + int(row["metadata"]["false"])


def _precision(row: Part) -> str:
    right, false, _ = _cells(row)
    return _interval(right, right + false)


def _share(row: Part) -> str:
    right, _, knowable = _cells(row)
    return _interval(right, knowable)


def _interval(right: int, of: int) -> str:
    if not of:
        return "–"
    low, high = wilson(right, of)
    if right == of:
        return f"{of:,} of {of:,} (≥ {low:.3%})"
    return f"{right / of:.2%} ({low:.2%}–{high:.2%})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def lines() -> Iterator[str]:
        yield "| " + " | ".join(head) + " |"
        yield "| --- |" + " ---: |" * (len(head) - 1)
        for row in rows:
            yield "| " + " | ".join(row) + " |"

    return "\n".join(lines()) + "\n"
