"""What a reviewer did, as a frozen value, and as a line of a file that can be read again anywhere."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any, Literal, get_args
from uuid import uuid4

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from structurer.errors import ReviewError
from structurer.observation import Value

Verdict = Literal["accept", "correct", "reject", "unknown", "add"]
"""`reject`: nothing of the kind is stated; `unknown`: wrong, and the right value cannot be told."""
Kind = Literal[Verdict, "later", "flag", "undo", "redo", "claim", "release", "plan", "check"]

VERDICTS: frozenset[str] = frozenset(get_args(Verdict))
MARKS: frozenset[str] = frozenset({"later", "flag"})
ACTS = VERDICTS | MARKS
"""What can be undone."""
_LONGEST_NAME = 80
_LONGEST_TEXT = 2_000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seen(_Frozen):
    """What stood before the reviewer: enough to show an old decision again, and to learn from it."""

    value: Value = None
    unit: str = ""
    status: str = ""
    accepted: bool = False
    printed: str = ""
    methods: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    """Rules that the item breaks."""
    candidates: tuple[Value, ...] = ()
    evidence: tuple[tuple[int, int, str], ...] = ()
    label: str = ""
    why: str = ""
    """The reason that put it in the queue."""


class Event(_Frozen):
    """One act. `undoes` names the act an undo takes back or a redo restores."""

    id: str = Field(min_length=8, max_length=64)
    at: AwareDatetime
    by: str = Field(min_length=1, max_length=_LONGEST_NAME)
    kind: Kind
    document: str = Field("", max_length=64)
    indicator: str = ""
    item: str = Field("", max_length=32)
    unit: str = Field("", max_length=32)
    value: Any = None
    reason: str = Field("", max_length=_LONGEST_TEXT)
    seen_sha: str = Field("", max_length=64)
    seen: Seen | None = None
    undoes: str = Field("", max_length=64)
    batch: str = Field("", max_length=64)
    blind: bool = False
    settles: bool = False
    """Decided with the others' differing verdicts in view: final."""
    of: str = Field("", max_length=64)
    """The act that this one carries over to the same value in a copy of the report; nobody's own act."""

    @property
    def order(self) -> tuple[datetime, str]:
        """The place in time; the same on every machine, whatever the order of arrival."""
        return self.at, self.id


def new_id() -> str:
    """A fresh event id."""
    return uuid4().hex


def content_id(parts: Mapping[str, Any]) -> str:
    """The id of a decision that was written without one: the same words give the same id."""
    return sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def reviewer_name(name: str) -> str:
    """A reviewer's name, trimmed. Raises ReviewError when it is empty or cannot be printed."""
    trimmed = unicodedata.normalize("NFC", name).strip()
    if not trimmed or len(trimmed) > _LONGEST_NAME or not trimmed.isprintable() or "|" in trimmed:
        raise ReviewError(
            f"{trimmed[:20]!r} is no reviewer's name;"
            f" say --as NAME (1 to {_LONGEST_NAME} printable characters)"
        )
    return trimmed


def to_line(event: Event) -> str:
    """The event as a line of JSON; what is at its default is left out."""
    made = event.model_dump(mode="json", exclude_defaults=True)
    made["at"] = event.at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    if event.kind in ("correct", "add"):
        made["value"] = event.value  # null is a decision too: left blank
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def carried(act: Event, item: str) -> str:
    """The id of an act that carries another over to an item: the same on every machine."""
    return sha256(f"carried\0{act.id}\0{item}".encode()).hexdigest()[:32]


def parse_event(entry: Mapping[str, Any], where: str) -> Event:
    """An event from a decoded line. Raises ReviewError naming the place."""
    try:
        return Event.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "line"
        raise ReviewError(f"{where}: {place}: {first['msg']}") from None


def parse_lines(lines: Iterable[str], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects of a JSONL file, each with its place; blank lines are skipped.

    Raises ReviewError naming file and line.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        try:
            entry = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ReviewError(f"{where}: not JSON: {error}") from None
        if not isinstance(entry, dict):
            raise ReviewError(f"{where}: not an object")
        yield where, entry
