"""The line mode of a review: append-only, one line a decision, each stored before the next item is shown."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone

from structurer.console.ink import Ink
from structurer.console.item import (
    help_lines,
    item_lines,
    key_lines,
    outcome_line,
    sum_lines,
    task_lines,
    value_text,
)
from structurer.console.keys import Action, Unclear, Wish, offered, understand
from structurer.desk.deciding import Decided
from structurer.desk.desk import Desk
from structurer.errors import Conflict, ReviewError, StoreError
from structurer.observation import Value
from structurer.review.events import VERDICTS, Kind
from structurer.review.values import read_value
from structurer.review.views import Task, View
from structurer.store.reviews import Filters, Left
from structurer.terminal import hanging, plain

PROMPT = "> "
_AROUND = 12
"""Lines of the page printed on either side where there is no pager."""


@dataclass
class Tally:
    """What a session did."""

    kinds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    left: Left = field(default_factory=Left)

    @property
    def decided(self) -> int:
        """How many values were decided."""
        return sum(self.kinds[kind] for kind in VERDICTS)


class Session:
    """One reviewer at the queue. `ask` shows a prompt and returns what was typed, or None at the end."""

    def __init__(
        self,
        desk: Desk,
        by: str,
        *,
        ask: Callable[[str], str | None],
        put: Callable[[str], object],
        room: int,
        ink: Ink,
        filters: Filters,
        screen: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._desk, self._by, self._ask, self._write = desk, by, ask, put
        self._room, self._ink, self._filters, self._clock = room, ink, filters, clock
        self._screen = screen
        self._put_off: Counter[str] = Counter()
        self._ended = False
        self._left = 0
        self._queue: list[View] = []
        self.tally = Tally()

    def run(self) -> Tally:
        """Works through the queue until it is empty, only put-off items are left, or the reviewer stops."""
        started = self._clock()
        try:
            while not self._ended:
                task = self._desk.next(self._by, self._filters)
                if task is None or all(self._put_off[item.id] > 1 for item in task.items):
                    break
                self._work(task)
        finally:
            self._desk.release(self._by)
            self.tally.seconds = self._clock() - started
            self.tally.left = self._desk.left(self._filters)
        self._farewell()
        return self.tally

    def _work(self, task: Task) -> None:
        self._put(*task_lines(task, self._room, self._ink, _minutes(task)))
        self._left = task.left
        self._queue = [item for item in task.items if self._put_off[item.id] < 2]
        fresh, told = True, sum(self.tally.kinds.values())
        while self._queue and not self._ended:
            if fresh:
                if told != sum(self.tally.kinds.values()):
                    # What was decided a moment ago may stand in the sums of this one.
                    self._queue[0] = self._desk.show(self._queue[0].id, blind=self._queue[0].blind)
                self._put(*item_lines(self._queue[0], self._room, self._ink))
            fresh = self._turn(self._queue[0])

    def _turn(self, view: View) -> bool:
        """One answer. Returns whether an item has to be shown afresh."""
        able = self._able(view)
        self._put(*key_lines(offered(able), self._room))
        typed = self._ask(PROMPT)
        if typed is None:
            self._ended = True
            return False
        wish = understand(
            typed, values=len(view.values), default=view.default, acceptable=view.acceptable, able=able
        )
        if isinstance(wish, Unclear):
            self._put(f"  {plain(wish.said)}")
            return False
        try:
            return self._do(wish, view)
        except Conflict as error:
            self._put(f"  conflict: {plain(str(error))}")
            self._queue = []
            return True
        except (ReviewError, StoreError) as error:
            self._put(*hanging("  ", plain(str(error)), self._room))
            return False

    def _able(self, view: View) -> list[Action]:
        """The actions that do something now, in the order of their keys."""
        undo, redo = self._desk.can(self._by)
        able: list[Action] = ["type", "reject", "later", "flag", "unknown"]
        able += ["undo"] if undo else []
        able += ["redo"] if redo else []
        able += ["jump"] if self._left > 1 else []
        able += ["page"] if view.at_hand else []
        able += ["edit"] if view.at_hand and self._screen and os.environ.get("EDITOR") else []
        return [*able, "add", "help", "stop"]

    def _do(self, wish: Wish, view: View) -> bool:
        if wish.action == "value":
            return self._choose(view, wish.choice)
        if wish.action == "type":
            return self._type(view, wish.rest)
        if wish.action in ("reject", "later", "flag", "unknown"):
            return self._mark(view, wish.action, wish.rest)
        return self._move(wish, view)

    def _move(self, wish: Wish, view: View) -> bool:
        if wish.action in ("undo", "redo"):
            return self._take_back(wish.action)
        if wish.action == "jump":
            return self._jump(wish.rest)
        if wish.action in ("page", "edit"):
            self._open(view, editor=wish.action == "edit")
        elif wish.action == "add":
            self._add(view)
        elif wish.action == "stop":
            self._ended = True
        else:
            self._put(*help_lines(self._room))
        return False

    def _choose(self, view: View, choice: int) -> bool:
        if view.acceptable and choice == 0:
            return self._decide(view, "accept")
        return self._decide(view, "correct", view.values[choice])

    def _type(self, view: View, typed: str) -> bool:
        if not typed:
            answer = self._ask("  value, or Enter to go back: ")
            if not answer or not answer.strip():
                return False
            typed = answer
        return self._decide(view, "correct", read_value(typed, view.indicator, self._desk.book))

    def _mark(self, view: View, action: Action, reason: str) -> bool:
        if action == "flag" and not reason:
            reason = self._ask("  what is there to talk about? ") or ""
        if action == "later":
            self._put_off[view.id] += 1
        kind: Kind = action if action in ("later", "flag", "unknown") else "reject"
        return self._decide(view, kind, reason=reason.strip())

    def _decide(self, view: View, kind: Kind, value: Value = None, reason: str = "") -> bool:
        made = self._desk.decide(
            view.id, kind, self._by, value=value, reason=reason, seen=view.seen_sha, blind=view.blind
        )
        self._queue = [item for item in self._queue if item.id != view.id]
        self.tally.kinds[made.event.kind] += 1
        self._tell(view, made)
        return True

    def _tell(self, view: View, made: Decided) -> None:
        words = {"later": "put off", "flag": "flagged"}
        said = words.get(made.event.kind) or outcome_line(made.event)
        more = {"second": "; a second reviewer will look, too", "differ": "; reviewers differ"}.get(
            made.state, ""
        )
        self._put(f"  {said}{more} (10 撤销 takes it back)")
        if view.blind:
            self._put(f"  the machine read {value_text(made.value)}")
        if made.event.kind == "correct":
            self._put(*sum_lines(made.sums, self._room, self._ink))

    def _take_back(self, action: Action) -> bool:
        acts = self._desk.undo(self._by) if action == "undo" else self._desk.redo(self._by)
        word = "taken back" if action == "undo" else "restored"
        several = f" and {len(acts) - 1} more" if len(acts) > 1 else ""
        last = acts[-1]
        self._put(f"  {word}: {plain(last.kind)} of {plain(self._desk.book.label(last.indicator))}{several}")
        self.tally.kinds[last.kind] += -1 if action == "undo" else 1
        if action == "undo" and last.kind == "later":
            self._put_off[last.item] -= 1
        if action == "redo":
            self._queue = [item for item in self._queue if item.id != last.item]
            return True
        self._goto(last.item)
        return True

    def _goto(self, key: str) -> None:
        """Puts an item in front, under the head of its own unit."""
        task = self._desk.task(key, self._by)
        ids = {item.id for item in task.items}
        if not any(item.unit == task.unit for item in self._queue[:1]):
            self._put(*task_lines(task, self._room, self._ink, _minutes(task)))
        self._queue = [*task.items, *(item for item in self._queue if item.id not in ids)]

    def _jump(self, target: str) -> bool:
        if not target:
            for number, item in enumerate(self._queue, 1):
                self._put(*hanging(f"  {number}  ", plain(item.label), self._room))
            target = (self._ask("  to which? ") or "").strip()
        if target.isdecimal() and 1 <= int(target) <= len(self._queue):
            chosen = self._queue.pop(int(target) - 1)
            self._queue.insert(0, chosen)
            return True
        if not target:
            return False
        self._goto(target)
        return True

    def _add(self, view: View) -> None:
        document = view.document.id
        indicator = (self._ask("  indicator, or Enter to go back: ") or "").strip()
        if not indicator:
            return
        typed = (self._ask("  value: ") or "").strip()
        if not typed:
            return
        quote = (self._ask("  the words that print it, or Enter: ") or "").strip()
        value = read_value(typed, indicator, self._desk.book)
        made = self._desk.add(document, indicator, value, self._by, quote=quote)
        self.tally.kinds["add"] += 1
        self._put(f"  {outcome_line(made.event)} (10 撤销 takes it back)")

    def _open(self, view: View, *, editor: bool) -> None:
        source = self._desk.page(view)
        if source is None:
            self._put(f"  {plain(view.page or 'the page is not at hand')}")
            return
        lines = [plain(line) for line in source.split("\n")]
        at = view.line or 1
        program = os.environ["EDITOR"] if editor else os.environ.get("PAGER") or "less"
        if self._screen and shutil.which(shlex.split(program)[0]):
            _run(program, lines, at)
            return
        first = max(at - _AROUND, 1)
        for number, line in enumerate(lines[first - 1 : at + _AROUND], first):
            if line.strip():
                self._put(*hanging(f"  L{number}".ljust(9), line, self._room))

    def _farewell(self) -> None:
        left = self.tally.left
        count = self.tally.decided
        each = f", {self.tally.seconds / count:.0f} s each" if count else ""
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.tally.kinds.items()) if number)
        self._put("", f"decided {count}{each}" + (f" ({kinds})" if kinds else ""))
        if left.total:
            told = ", ".join(f"{number} {kind}" for kind, number in left.kinds.items())
            self._put(*hanging("", f"{left.total} left: {told}", self._room))
            self._put("structurer review goes on from here")
        else:
            self._put("nothing is left")

    def _put(self, *lines: str) -> None:
        for line in lines:
            self._write(line.rstrip())


def _minutes(task: Task) -> int:
    if task.until is None:
        return 0
    return max(0, round((task.until - datetime.now(timezone.utc)).total_seconds() / 60))


def _run(program: str, lines: list[str], at: int) -> None:
    """A pager or an editor over a copy of the page; what is changed there changes nothing here."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "page.txt")
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("\n".join(lines))
        # The page is a stranger's text: a pager must not start programs because of it.
        environment = os.environ | {"LESSSECURE": "1"}
        subprocess.run([*shlex.split(program), f"+{at}", path], env=environment, check=False)
