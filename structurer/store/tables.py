"""The store's tables as they are now; `migrations` makes them."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

metadata = MetaData()
JSON_OR_NULL = JSON(none_as_null=True)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        return value.astimezone(timezone.utc) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment with its time zone."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(timezone.utc)


migrations_applied = Table(
    "schema_version",
    metadata,
    Column("name", Text, primary_key=True),
    Column("applied_at", Moment, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("path", Text, nullable=False),
    Column("agency", Text),
    Column("year", Integer, index=True),
    Column("title", Text),
    Column("published", Text),
    Column("forms", JSON, nullable=False),
    Column("usage", JSON, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("first_imported_at", Moment, nullable=False),
    Column("extracted_at", Moment, nullable=False),
    Index("documents_of_agency", "agency", "year"),
)

#: Where a document's bytes were found. A path is the place of one document at most; a document whose
#: every path has got other bytes since is superseded: kept, but no longer listed or exported.
places = Table(
    "places",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("document", ForeignKey("documents.number"), nullable=False, index=True),
    Column("seen_at", Moment, nullable=False),
)

failures = Table(
    "failures",
    metadata,
    Column("path", Text, primary_key=True),
    Column("id", String(64)),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("failed_at", Moment, nullable=False),
    Column("fingerprint", Text, nullable=False, server_default=""),
)


def _of_document() -> tuple[Column[int], Column[int]]:
    return (
        Column("document", ForeignKey("documents.number"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
    )


observations = Table(
    "observations",
    metadata,
    *_of_document(),
    Column("indicator", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("value", JSON_OR_NULL),
    Column("unit", Text, nullable=False),
    Column("qualifier", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("as_of", Text),
    Column("scope", Text),
    Column("printed", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("methods", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("assumes", JSON, nullable=False),
    Column("candidates", JSON, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    *_of_document(),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("indicators", JSON, nullable=False),
)

sections = Table(
    "sections",
    metadata,
    *_of_document(),
    Column("title", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("state", Text, nullable=False),
)

#: What became of each question a model was asked: written when it is known, so that a run that is cut off
#: asks nothing twice. `text` is the answer; `key` is a hash of everything that made it.
chunks = Table(
    "chunks",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("document", String(64), nullable=False, index=True),
    Column("model", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("spans", JSON, nullable=False),
    Column("usage", JSON, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("estimate", Integer, nullable=False),
    Column("answered_at", Moment, nullable=False),
)

#: Batches handed to an endpoint that answers later, noted before anybody waits for them.
batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("keys", JSON, nullable=False),
    Column("submitted_at", Moment, nullable=False),
)

#: The questions of batches that are being answered, so that none is handed in twice.
batch_keys = Table(
    "batch_keys",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("batch", Text, nullable=False, index=True),
)

ABOUT_ITSELF = "substr(indicator, 1, 9) = 'metadata.'"
"""What a query over all documents has to say, word for word, for the index of these rows to be used."""

#: The bytes of a document, compressed: a reviewer who has not got the file still sees the page.
contents = Table(
    "contents",
    metadata,
    Column("document", ForeignKey("documents.number"), primary_key=True),
    Column("packed", LargeBinary, nullable=False),
)

#: What reviewers did, in the order it reached this store. Rows are added and never changed; every other
#: review table is computed from these and from the observations, and can be computed again.
events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("at", Moment, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item", String(32), nullable=False, index=True),
    Column("unit", String(32), nullable=False),
    Column("document", String(64), nullable=False, index=True),
    Column("indicator", Text, nullable=False),
    Column("value", JSON_OR_NULL),
    Column("reason", Text, nullable=False),
    Column("seen_sha", String(64), nullable=False),
    Column("seen", JSON_OR_NULL),
    Column("undoes", String(64), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("settles", Boolean, nullable=False),
    Column("of", String(64), nullable=False, server_default=""),
    Index("events_of_reviewer", "by", "number"),
)

#: The queue as it stands: what has a reason to be looked at, and what was decided. `same_as` is the item of
#: another document, of which this one is a copy, where the same is asked.
review_items = Table(
    "review_items",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("document", ForeignKey("documents.number"), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("place", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("unit_rank", Integer, nullable=False),
    Column("shuffle", Integer, nullable=False),
    Column("seen_sha", String(64), nullable=False),
    Column("needed", Integer, nullable=False),
    Column("check", JSON_OR_NULL),
    Column("state", Text, nullable=False),
    Column("due", Integer, nullable=False),
    Column("voters", Text, nullable=False),
    Column("waits_since", Moment),
    Column("same_as", String(32), nullable=False, server_default=""),
    Index("review_items_same_as", "same_as"),
    Index("review_items_in_order", "due", "unit_rank", "shuffle", "unit", "position"),
    Index("review_items_by_kind", "due", "state", "reason"),
    Index("review_items_of_unit", "unit", "position"),
    Index("review_items_of_document", "document"),
)

review_claims = Table(
    "review_claims",
    metadata,
    Column("unit", String(32), primary_key=True),
    Column("by", Text, nullable=False, index=True),
    Column("until", Moment, nullable=False),
)

#: Which documents the queue was computed for, from which extraction and under which plan.
review_built = Table(
    "review_built",
    metadata,
    Column("document", ForeignKey("documents.number"), primary_key=True),
    Column("extracted_at", Moment, nullable=False),
    Column("plan", Text, nullable=False),
)

#: Reports whose figures bind each other, as the last `panel --queue` recognised them (see `panels.Link`).
panel_links = Table(
    "panel_links",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("first", ForeignKey("documents.number"), primary_key=True),
    Column("second", ForeignKey("documents.number"), primary_key=True, index=True),
    Column("year", Integer, nullable=False),
)

#: Reports handed in to the service and not imported yet; `holder` is the server that is at it, `until` its
#: lease.
jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", Moment),
    Column("submitted_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("summary", JSON_OR_NULL),
    Column("problem", Text, nullable=False),
    Index("jobs_in_order", "state", "number"),
)

#: Their bytes, in pieces, until the job has ended.
job_files = Table(
    "job_files",
    metadata,
    Column("job", ForeignKey("jobs.number"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("piece", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

#: What the sentences of a document are recognised by (see structurer.sameness).
sentence_marks = Table(
    "sentence_marks",
    metadata,
    Column("document", ForeignKey("documents.number"), primary_key=True),
    Column("mark", LargeBinary, nullable=False),
)

#: Which documents are the same report as another one, which then stands for them: computed from the documents
#: of one agency and year (see structurer.sameness), again whenever one of them was extracted again.
copies = Table(
    "copies",
    metadata,
    Column("document", ForeignKey("documents.number"), primary_key=True),
    Column("extracted_at", Moment, nullable=False),
    Column("of", ForeignKey("documents.number"), index=True),
    Column("why", Text, nullable=False),
)

#: Imports: begun, renewed with each commit, ended; one that was killed has no end.
runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("engine", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("workers", Integer, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("end", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("imported", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("left", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("cached_calls", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("cost", Float),
    Column("pace", JSON, nullable=False),
)
