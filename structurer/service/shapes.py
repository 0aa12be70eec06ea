"""What is asked and answered, as types: the OpenAPI document is made of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr

from structurer._version import __version__
from structurer.desk.desk import Entry
from structurer.observation import Value
from structurer.review.views import About

TypedValue = StrictInt | StrictFloat | StrictStr | None
"""A value as a reviewer gives it; null is a place left blank."""
_BY = Field("", max_length=80, description="Who decides; by default the reviewer whose token it is.")
_REASON = Field("", max_length=2_000, description="Why.")


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Told(BaseModel):
    """An answer. New versions may add fields."""

    model_config = ConfigDict(extra="allow")


# What is asked


class By(_Asked):
    """Who acts."""

    by: str = _BY


class Narrowed(By):
    """Which part of the queue; what is left out does not narrow it."""

    document: str = Field("", description="Only this document, by path or id.")
    reason: str = ""
    rule: str = ""
    table: str = ""
    year: StrictInt | None = Field(None, ge=1900, le=2200)
    agency: str = Field("", description="Only agencies with this in their name.")

    def filters(self) -> dict[str, Any]:
        """As `Desk.filters` takes them."""
        return self.model_dump(include={"document", "reason", "rule", "table", "year", "agency"})


class Next(Narrowed):
    """The next unit, please."""

    blind: bool = Field(False, description="Without the machine's value.")


class Decide(By):
    """A decision about one item."""

    item: str = Field(
        min_length=1,
        max_length=1_000,
        description="An item's id, the beginning of one, or DOC:INDICATOR for any value.",
        examples=["3f2a9c0d1e4b5a67"],
    )
    kind: Literal["accept", "correct", "reject", "unknown", "later", "flag"] = Field(
        description="`unknown`: wrong, and the right value cannot be told."
    )
    value: TypedValue = Field(None, description="With `correct` only: the right value; null if left blank.")
    reason: str = _REASON
    seen_sha: str = Field(
        "", max_length=64, description="seen_sha of what was shown; 409 if it has changed since."
    )
    settle: bool = Field(False, description="Final, whatever other reviewers decided.")


class Add(By):
    """A value that was missed."""

    document: str = Field(min_length=1, max_length=1_000)
    indicator: str = Field(examples=["applications.received.total"])
    value: TypedValue
    quote: str = Field("", max_length=2_000, description="The words of the report that print it.")
    reason: str = _REASON


class Accept(Narrowed):
    """Many items at once, where there is a proof."""

    where: Literal["proven"]
    limit: StrictInt = Field(50, ge=1, le=200)
    dry_run: bool = Field(False, description="Say what would be accepted; decide nothing.")


class Release(By):
    """Units that others may have."""

    of: str = Field("", max_length=80, description="Free what this other reviewer holds.")


# What is answered


class Health(_Told):
    """The service is there."""

    status: Literal["ok", "stopping"]


class Version(_Told):
    """What answers."""

    version: str = Field(examples=[__version__])
    forms: Mapping[str, str] = Field(description="The forms it knows, with their titles.")
    fingerprint: str = Field(description="Of library, forms and prompts; a new one extracts anew.")
    model: str | None = Field(description="The model that is asked about what stays open.")


class JobDocument(_Told):
    """What became of one report: `id` says under which it is kept, else `kind` and `reason` why not."""

    path: str = Field(examples=["submitted/5f0c…/reports.zip!2019/a.html"])
    id: str | None
    kind: str = Field(examples=["encrypted"])
    reason: str


class JobState(_Told):
    """A job. `done` means that it is through; a report that could not be read is among `documents`."""

    id: str
    state: Literal["waiting", "running", "done", "failed"]
    by: str = Field(description="The name of the token that handed it in.")
    size: int = Field(description="Bytes handed in.")
    tries: int
    submitted_at: AwareDatetime
    started_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    options: Mapping[str, Any]
    summary: Mapping[str, Any] | None = Field(description="As `structurer import --json` prints it.")
    problem: str = Field(description="Why it failed, and what to do.")


class JobReport(JobState):
    """A job and its documents, in the order of their paths."""

    documents: list[JobDocument]
    next: str | None = Field(description="Ask again with `after=` this for the documents that follow.")


class JobList(_Told):
    """The jobs that were handed in last."""

    jobs: list[JobState]


class Queue(_Told):
    """What is left, and its first items, most suspicious first."""

    left: int
    decided: int
    reasons: Mapping[str, int]
    same: int = Field(description="Items of copies of reports that are asked once, about the report.")
    items: list[Entry]


class Item(_Told):
    """One item as shown: the value, its page, its sums, its candidates; a blind one has none of these."""

    id: str
    handle: str
    document: About
    unit: str
    place: str
    indicator: str
    label: str
    reason: str
    why: str
    state: str
    seen_sha: str
    on_page: bool
    line: int | None
    value: Value = None
    status: str | None = None
    values: list[Value] = Field(default_factory=list, description="What may be chosen, the found one first.")
    sums: list[Mapping[str, Any]] = Field(default_factory=list)
    lines: list[Mapping[str, Any]] = Field(default_factory=list)


class Task(_Told):
    """A unit to look at now, claimed: its open items in order."""

    unit: str
    title: str
    by: str
    until: AwareDatetime | None
    done: int
    left: int
    items: list[Item]


class NextTask(_Told):
    """The next unit; null when there is none for this reviewer now, `left` how much there is for others."""

    task: Task | None
    left: int


class Act(_Told):
    """An event; what is at its default is left out."""

    id: str
    at: AwareDatetime
    by: str
    kind: str
    item: str = ""
    indicator: str = ""


class Decided(_Told):
    """What was stored, where the item stands now, and the sums that bind it, worked out again."""

    event: Act
    state: str
    sums: list[Mapping[str, Any]]


class Acts(_Told):
    """Events, the oldest first."""

    events: list[Act]


class Batch(_Told):
    """What was accepted at once; one undo takes all of it back."""

    dry_run: bool
    items: list[Item]


class Released(_Told):
    """Units that are free now."""

    units: list[str]


class Applied(_Told):
    """What became of a file of decisions."""

    applied: int
    known: int
    conflicts: list[str]
