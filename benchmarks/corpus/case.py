"""Cases: one report in one layout with one damage, and its truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from benchmarks.corpus import prose
from benchmarks.corpus.damage import DAMAGES, Damage, with_marks, without_repeats
from benchmarks.corpus.layouts import LAYOUTS, Layout, Part, apart
from benchmarks.corpus.sheets import Sheet, Truth, lines, sheet
from benchmarks.corpus.surroundings import SURROUNDINGS
from benchmarks.corpus.truth import FORMS, broken, fill
from benchmarks.corpus.wording import Wording, harmless

_HEADINGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "disclosure": (("二", "主动公开政府信息情况"),),
    "applications": (("三", "收到和处理政府信息公开申请情况"),),
    "disputes": (
        ("四", "政府信息公开行政复议、行政诉讼情况"),
        ("四", "政府信息公开行政复议、行政诉讼情况"),
        ("四", "政府信息公开行政复议和行政诉讼情况"),
        ("四", "因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
    ),
    "statistics": (("附件", "政府信息公开情况统计表"),),
}


class Case(NamedTuple):
    """One report and everything that is true of it."""

    name: str
    text: str | bytes
    suffix: str
    layout: str
    damage: str
    form: str
    around: str
    """What stands around the report (see surroundings)."""
    truth: dict[str, Truth]
    broken: tuple[tuple[str, str], ...]
    """Hard edits that the published figures break: (rule, row or column)."""
    absent: tuple[str, ...]
    """Tables the text does not hold, or only as an image."""
    statements: tuple[prose.Statement, ...]
    metadata: dict[str, str | int]

    def data(self) -> bytes:
        """The report as a file's bytes."""
        return self.text if isinstance(self.text, bytes) else self.text.encode()


def combinations(
    *,
    forms: Sequence[str] = (),
    layouts: Sequence[str] = (),
    damages: Sequence[str] = (),
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Every (layout, damage, forms) that can be printed; names left out mean all."""
    for given, known in ((forms, FORMS), (layouts, LAYOUTS), (damages, DAMAGES)):
        for name in given:
            if name not in known:
                raise KeyError(f"no such form, layout or damage: {name}")
    found = []
    for layout in map(LAYOUTS.__getitem__, layouts or LAYOUTS):
        for damage in map(DAMAGES.__getitem__, damages or DAMAGES):
            fitting = tuple(form for form in forms or FORMS if fits(layout, damage, form))
            if fitting:
                found.append((layout.name, damage.name, fitting))
    return tuple(found)


def fits(layout: Layout, damage: Damage, form: str) -> bool:
    """Whether this damage can happen to this form in this layout."""
    if form not in layout.forms or (damage.official and form == "statistics-2014"):
        return False
    if (damage.paged and layout.suffix == ".html") or (damage.labelled and not layout.labels):
        return False
    return (layout.blanks or not damage.blanks) and (layout.by_line or not damage.by_line)


def reports(
    seed: int,
    count: int,
    *,
    forms: Sequence[str] = (),
    layouts: Sequence[str] = (),
    damages: Sequence[str] = (),
) -> Iterator[Case]:
    """`count` cases, each made on its own from the seed and its number; all combinations in turn."""
    order = list(combinations(forms=forms, layouts=layouts, damages=damages))
    Random(f"order {seed}").shuffle(order)
    for index in range(count):
        layout, damage, fitting = order[index % len(order)]
        rng = Random(f"{seed} {index} {layout} {damage}")
        yield _made(f"{index:06d}-{layout}-{damage}", layout, damage, rng.choice(fitting), rng)


def case(seed: int, layout: str, damage: str, form: str) -> Case:
    """One case by its names."""
    if not fits(LAYOUTS[layout], DAMAGES[damage], form):
        raise ValueError(f"{damage} cannot happen to {form} in layout {layout}")
    rng = Random(f"{seed} {form} {layout} {damage}")
    return _made(f"{form}-{layout}-{damage}-{seed}", layout, damage, form, rng)


def _made(name: str, layout_name: str, damage_name: str, form: str, rng: Random) -> Case:
    layout, damage = LAYOUTS[layout_name], DAMAGES[damage_name]
    wording = _wording(harmless(rng), tuple(layout.wording.items()))
    separators = rng.random() < 0.15 and layout_name not in _NO_SEPARATORS
    sheets = [sheet(f, t, fill(f, t, rng), separators) for f, t in FORMS[form]]
    received = sheets[-2].values["applications.received.total"] if len(sheets) > 1 else None
    damage.apply(sheets, rng)
    who = prose.office(form, rng)
    for one in sheets:
        if one.name == "statistics" and one.caption:
            one.caption = f"（单位：件　　{who.year}年度）"  # with another year it were another year's table
    paragraphs, statements = prose.overview(who.year, int(received) if received is not None else None, rng)
    parts = _parts(sheets, who, paragraphs, wording, rng)
    around = _around(damage, rng)
    parts = SURROUNDINGS[around](parts, who, rng)
    printer = layout.table
    if damage.repeated == "table":
        printer = _once(sheets, layout)
    text = (layout.whole or apart)(parts, printer, rng)
    if damage.repeated == "report":
        _forget_repeats(sheets)
        text = without_repeats(text)
    if not layout.blanks:
        _forget_blanks(sheets)
    return Case(
        name=name,
        text=text.encode(layout.encoding) if layout.encoding else text,
        suffix=layout.suffix,
        layout=layout_name,
        damage=damage_name,
        form=form,
        around=around,
        truth={key: truth for filled in sheets for key, truth in filled.truth().items()},
        broken=tuple(
            edit
            for filled in sheets
            if filled.wrong
            for edit in broken(filled.form, filled.name, filled.values)
        ),
        absent=tuple(filled.name for filled in sheets if filled.state != "table"),
        statements=tuple(statements),
        metadata={"agency": who.agency, "year": who.year, "title": who.title, "published": who.published},
    )


def _around(damage: Damage, rng: Random) -> str:
    """Half of the reports stand alone; the rest have something around them."""
    if rng.random() < 0.5:
        return "plain"
    # a second body undoes a repeat, and is not to be told from one
    return rng.choice([name for name in SURROUNDINGS if name != "body-twice" or not damage.repeated])


_NO_SEPARATORS = ("full-width",)


@lru_cache(maxsize=256)
def _wording(base: Wording, forced: tuple[tuple[str, Any], ...]) -> Wording:
    return base._replace(**dict(forced))


def _parts(
    sheets: list[Sheet], who: prose.Office, paragraphs: list[str], wording: Wording, rng: Random
) -> list[Part]:
    parts = [
        Part("title", who.title),
        Part("date", who.printed_date),
        Part("heading", wording.heading("一", who.overview)),
    ]
    parts += [Part("text", paragraph) for paragraph in paragraphs]
    for filled in sheets:
        number, title = rng.choice(_HEADINGS[filled.name])
        if filled.name == "statistics":
            parts.append(Part("heading", title))
        else:
            parts.append(Part("heading", wording.heading(number, title)))
        printed = lines(filled, wording)
        if filled.marks and filled.state == "table":
            printed = with_marks(printed, filled.marks, rng)
        parts.append(Part("table", filled.name, tuple(printed)))
    parts += [
        Part("heading", wording.heading("五", "存在的主要问题及改进情况")),
        Part("text", prose.problems(rng)),
        Part("heading", wording.heading("六", "其他需要报告的事项")),
        Part("text", prose.other(rng)),
    ]
    return parts


def _once(sheets: list[Sheet], layout: Layout) -> Any:
    """The layout's printer, keeping each line of a table once and forgetting what that loses."""

    def printer(printed: list[Any], rng: Random) -> str:
        return without_repeats(layout.table(printed, rng))

    for filled in sheets:
        tokens = [token for token in filled.tokens.values() if token]
        if len(set(tokens)) < len(tokens):
            filled.unknown.update(filled.values)
    return printer


def _forget_repeats(sheets: list[Sheet]) -> None:
    for filled in sheets:
        filled.unknown.update(filled.values)


def _forget_blanks(sheets: list[Sheet]) -> None:
    """Where blanks cannot be seen, a blank cell is an omitted one."""
    for filled in sheets:
        for key, how in filled.printed.items():
            if how == "blank":
                filled.printed[key] = "omitted"
                filled.tokens[key] = None


def gold(made: Case, path: str) -> dict[str, Any]:
    """The truth of a case as one object of a gold file (see structurer.evaluate)."""
    observations: dict[str, dict[str, Any]] = {}
    for key, truth in made.truth.items():
        entry: dict[str, Any] = {"value": truth.value, "printed": truth.printed}
        if truth.unit:
            entry["unit"] = truth.unit
        observations[key] = entry
    return {
        "path": path,
        "metadata": dict(made.metadata),
        "observations": observations,
        "absent": list(made.absent),
        "broken": [list(edit) for edit in made.broken],
        "statements": [*_told(made), *_told_by_the_table(made)],
    }


def _told(made: Case) -> list[dict[str, Any]]:
    return [
        {
            "indicator": stated.indicator,
            "value": stated.value,
            "qualifier": stated.qualifier,
            "period": stated.period,
            "unit": stated.unit,
            "token": stated.token,
            "anchor": stated.anchor,
        }
        for stated in made.statements
    ]


def _told_by_the_table(made: Case) -> list[dict[str, Any]]:
    """A statistics table states the same rows as prose does: true there too, though nobody has to find it."""
    return [
        {
            "indicator": key.replace("statistics.", "narrative.", 1),
            "value": truth.value,
            "period": None,
            "optional": True,
            "token": truth.token,
        }
        for key, truth in made.truth.items()
        if key.startswith("statistics.") and truth.token and truth.value is not None
    ]
