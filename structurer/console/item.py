"""One item as a reviewer sees it: the page first, then the value, the sums, and what can be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from structurer.console.ink import Ink
from structurer.console.signs import QUALIFIERS, shown
from structurer.observation import Value
from structurer.review.events import Event
from structurer.review.fold import outcome_of
from structurer.review.sums import Sum, Term
from structurer.review.views import Task, View
from structurer.terminal import cut, hanging, plain, width, wrap

_HEAD = 7
_MOST_TERMS = 8
_MOST_COPIES = 3
VERDICT_WORDS = {
    "accept": "accepted",
    "correct": "corrected to",
    "add": "added",
    "reject": "rejected: not stated here",
    "unknown": "wrong, right value unknown",
}
_BLANK = "blank (空)"


def task_lines(task: Task, room: int, ink: Ink, minutes: int) -> list[str]:
    """The head of a unit: where the queue is, whose report this is, and how long the unit is held."""
    about = task.items[0].document
    where = f"[{task.done + 1}/{task.done + task.left}] "
    who = f"{plain(about.agency or 'agency unknown')} {about.year or 'year unknown'}  {plain(task.title)}"
    count = f"{len(task.items)} to decide" if len(task.items) > 1 else "1 to decide"
    lines = [ink.bold(part) for part in hanging(where, who, room)]
    path = cut(plain(about.path)[::-1], room - _HEAD)[::-1]
    return [
        "-" * min(room, 60),
        *lines,
        *hanging("       ", f"{count}, held {minutes} min", room),
        f"       {path}",
    ]


def item_lines(view: View, room: int, ink: Ink) -> list[str]:
    """Everything about one value. Nothing is told by colour alone, and nothing of the report is obeyed."""
    return [
        "",
        *_part("label", plain(view.label), room),
        *_page(view, room),
        *_why(view, room, ink),
        *_copies(view, room),
        *_value(view, room),
        *_row(view, room),
        *([] if view.blind else sum_lines(view.sums, room, ink)),
        *_others(view, room, ink),
        *_choices(view, room),
    ]


def outcome_line(event: Event) -> str:
    """What a decision said: `corrected to 16`."""
    outcome = outcome_of(event)
    word = VERDICT_WORDS.get(event.kind, event.kind)
    return f"{word} {value_text(outcome.value)}" if outcome.accepted else word


def value_text(value: Value) -> str:
    """A value as it is shown; a blank place says so."""
    return _BLANK if value is None else shown(value)


def _part(head: str, text: str, room: int) -> list[str]:
    return hanging(head.ljust(_HEAD), text, room)


def _page(view: View, room: int) -> Iterator[str]:
    head = "page"
    for line in view.lines:
        yield from hanging(head.ljust(_HEAD) + f"L{line.number}".ljust(7), plain(line.text), room)
        head = ""
    if not view.lines:
        yield from _part("page", plain(view.page), room)
    elif not view.on_page:
        yield from _part("", "(not on the page: its row, or what stands around it, is shown)", room)


def _why(view: View, room: int, ink: Ink) -> list[str]:
    state = {
        "stale": "what was seen has changed since it was decided; ",
        "differ": "reviewers differ; ",
        "second": "a second opinion is wanted; ",
        "later": "put off before; ",
    }.get(view.state, "")
    if view.blind:
        return _part("why", "read it yourself: the machine's value is hidden until you have decided", room)
    lines = _part("why", f"{state}{view.reason}: {plain(view.why)}", room)
    return [ink.alarm(line) for line in lines] if state else lines


def _copies(view: View, room: int) -> list[str]:
    if not view.copies:
        return []
    more = len(view.copies) - _MOST_COPIES
    shown = ", ".join(map(plain, view.copies[:_MOST_COPIES])) + (f" and {more} more" if more > 0 else "")
    return _part("copies", f"the same in {shown}: what you decide holds there too", room)


def _value(view: View, room: int) -> list[str]:
    found = view.found
    if view.blind or found is None:
        return _part("value", "hidden" if view.blind else "nothing was found", room)
    if found.value is None and found.status == "ambiguous":
        return _part("value", "open: several readings fit", room)
    place = "" if view.on_page or found.value is None else ", not on the page"
    period = f", {found.period}" if found.period != "year" else ""
    text = f"{QUALIFIERS[found.qualifier]}{value_text(found.value)} {plain(found.unit)}".strip()
    return _part(
        "value", f"{text}  ({found.status}{place}{period}, by {', '.join(found.methods) or 'nothing'})", room
    )


def _row(view: View, room: int) -> list[str]:
    if len(view.row) < 2:
        return []
    parts = []
    for term in view.row:
        value = "?" if term.value is None else shown(term.value)
        here = term.indicator == view.indicator
        parts.append(f"{plain(term.label)} {f'【{value}】' if here else value}")
    return _part("row", " · ".join(parts), room)


def sum_lines(found: Sequence[Sum], room: int, ink: Ink) -> list[str]:
    """Rules with both sides, the failing ones first."""
    words = {"fail": "FAILS", "unknown": "open", "pass": "holds"}
    order = list(words)
    lines: list[str] = []
    for one in sorted(found, key=lambda each: order.index(each.outcome)):
        head = ("" if lines else "sums").ljust(_HEAD) + words[one.outcome].ljust(7)
        told = hanging(head, f"{plain(one.message)} [{plain(one.rule)}]", room)
        lines += [ink.alarm(line) for line in told] if one.outcome == "fail" else told
        if one.outcome != "unknown":
            between = "=" if one.left == one.right else "<" if one.outcome == "pass" else "≠"
            text = f"{_side(one.left_terms, one.left)} {between} {_side(one.right_terms, one.right)}"
            lines += hanging(" " * (_HEAD + 7), text, room)
    return lines or _part("sums", "no rule of the form binds it", room)


def _side(terms: Sequence[Term], total: Value) -> str:
    """`7 + 9 + 18 zeros = 16`; one value alone is only itself."""
    numbers = [term.value for term in terms]
    if len(numbers) < 2:
        return shown(total)
    zeros = sum(number == 0 for number in numbers)
    shown_ones = [shown(number) for number in numbers if number != 0 and number is not None]
    if len(numbers) <= _MOST_TERMS:
        shown_ones, zeros = ["0" if number is None else shown(number) for number in numbers], 0
    parts = shown_ones + ([f"{zeros} zeros"] if zeros else [])
    return f"{' + '.join(parts)} ({shown(total)})"


def _others(view: View, room: int, ink: Ink) -> list[str]:
    lines = []
    if view.old is not None:
        seen = view.old.seen
        before = f"; it saw {value_text(seen.value)}" if seen is not None else ""
        lines += _part("before", f"{_who(view.old)}{before}", room)
    for vote in view.votes:
        lines += _part("voted", _who(vote), room)
    if view.decision is not None:
        lines += _part("now", _who(view.decision), room)
    return [ink.bold(line) for line in lines]


def _who(event: Event) -> str:
    reason = f" ({plain(event.reason)})" if event.reason else ""
    return f"{plain(event.by)} {outcome_line(event)}{reason} on {event.at:%Y-%m-%d}"


def _choices(view: View, room: int) -> list[str]:
    chosen = []
    for number, value in enumerate(view.values, 1):
        key = f"{number}/Enter" if number == 1 and view.default else str(number)
        as_found = number == 1 and view.acceptable
        word = "是 accept" if as_found else "correct to"
        chosen.append(f"[{key}] {word} {value_text(value)}")
    return _fitted("choose", chosen, room) if chosen else []


def _fitted(head: str, parts: Iterable[str], room: int) -> list[str]:
    """Parts side by side, none of them broken where it fits a line."""
    lines: list[str] = []
    line = head.ljust(_HEAD)
    for part in parts:
        part = plain(part)
        if width(line) + 2 + width(part) > room and line.strip() not in ("", head):
            lines.append(line.rstrip())
            line = " " * _HEAD
        line += part + "  "
    return [fitted for one in [*lines, line.rstrip()] for fitted in wrap_hanging(one, room)]


def wrap_hanging(line: str, room: int) -> list[str]:
    """A line that begins with a head, wrapped under it."""
    return hanging(line[:_HEAD], line[_HEAD:], room)


def key_lines(offered: Sequence[str], room: int) -> list[str]:
    """The keys that work now."""
    return _fitted("keys", offered, room)


def help_lines(room: int) -> list[str]:
    """What the keys mean, and how else they can be typed."""
    from structurer.console.keys import ACCEPT_WORDS, KEYS

    lines = _part(
        "1 to 5", f"choose that value; Enter where it is marked; {' '.join(ACCEPT_WORDS)}: the first", room
    )
    for action, key in KEYS.items():
        names = ", ".join((key.letter, action, *key.words))
        lines += _part(key.number, f"{key.does} ({names})", room)
    notes = (
        "=16, 改16 or 6 16: correct to 16 at once. 空: a blank place. A reason may follow 7, 8, 9 and 0."
        " Full-width keys work. Every decision is stored at once and can be undone, also after a restart."
    )
    return [*lines, *wrap(notes, room)]
