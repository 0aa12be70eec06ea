"""The steps that bring an older store up to the tables of today."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, select, text

from structurer.errors import StoreError
from structurer.store.tables import (
    ABOUT_ITSELF,
    batch_keys,
    batches,
    chunks,
    contents,
    copies,
    documents,
    events,
    failures,
    findings,
    job_files,
    jobs,
    metadata,
    migrations_applied,
    now,
    observations,
    panel_links,
    places,
    review_built,
    review_claims,
    review_items,
    runs,
    sections,
    sentence_marks,
)

Migration = Callable[[Connection], None]
MIGRATIONS: list[Migration] = []
#: The database itself refuses to change or remove what a reviewer did.
_APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER events_no_{verb} BEFORE {verb} ON events"
        " BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        "CREATE FUNCTION structurer_events_stay() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'events are only ever added'; END $$",
        "CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events"
        " FOR EACH ROW EXECUTE FUNCTION structurer_events_stay()",
    ],
}


def migrate(connection: Connection) -> None:
    """Applies the steps this store has not seen, in order.

    Raises StoreError when a newer version, or another program, wrote it.
    """
    known = [step.__name__ for step in MIGRATIONS]
    tables = set(inspect(connection).get_table_names())
    applied: set[str] = set()
    if migrations_applied.name in tables:
        applied = set(connection.scalars(select(migrations_applied.c.name)))
    elif taken := sorted(tables & set(metadata.tables)):
        raise StoreError(f"another program keeps its tables here ({', '.join(taken)}); name another store")
    if newer := sorted(applied - set(known)):
        raise StoreError(f"written by a newer structurer ({', '.join(newer)}); update this one")
    for step in MIGRATIONS:
        if step.__name__ not in applied:
            step(connection)
            connection.execute(migrations_applied.insert().values(name=step.__name__, applied_at=now()))


def lock_for_migration(connection: Connection) -> None:
    """Makes a second process that opens a new store wait; SQLite's write lock does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7283465)"))


def migration(step: Migration) -> Migration:
    """Puts a step at the end of the list; steps only ever go forward and never change once released."""
    MIGRATIONS.append(step)
    return step


@migration
def m001_initial(connection: Connection) -> None:
    """The first tables."""
    first = [migrations_applied, documents, places, failures, observations, findings, sections]
    metadata.create_all(connection, tables=first, checkfirst=False)


@migration
def m002_model(connection: Connection) -> None:
    """What models were asked."""
    metadata.create_all(connection, tables=[chunks, batches], checkfirst=False)


@migration
def m003_review(connection: Connection) -> None:
    """Reviewers' decisions, the queue, and the bytes that reviewers look at."""
    made = [contents, events, review_items, review_claims, review_built]
    metadata.create_all(connection, tables=made, checkfirst=False)
    for statement in _APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)


@migration
def m004_panel(connection: Connection) -> None:
    """Which reports follow on each other."""
    metadata.create_all(connection, tables=[panel_links], checkfirst=False)


@migration
def m005_jobs(connection: Connection) -> None:
    """What was handed in to the service."""
    metadata.create_all(connection, tables=[jobs, job_files], checkfirst=False)


@migration
def m006_scale(connection: Connection) -> None:
    """What many reports need: no index that every row has to enter, and the same report told from others."""
    known = {column["name"] for column in inspect(connection).get_columns("failures")}
    if "fingerprint" not in known:
        connection.exec_driver_sql("ALTER TABLE failures ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''")
    # Half of the time of writing a report went into this index, and only what a report says of itself, which
    # is some few rows, is ever looked for over all documents.
    connection.exec_driver_sql("DROP INDEX IF EXISTS ix_observations_indicator")
    connection.exec_driver_sql(
        f"CREATE INDEX observations_about_itself ON observations (indicator) WHERE {ABOUT_ITSELF}"
    )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS documents_of_agency ON documents (agency, year)")
    if connection.dialect.name == "postgresql":
        # Exports go by path in the order of its characters, whatever the database's language.
        connection.exec_driver_sql('CREATE INDEX places_in_order ON places (path COLLATE "C")')
    metadata.create_all(connection, tables=[sentence_marks, copies], checkfirst=False)


@migration
def m007_runs(connection: Connection) -> None:
    """Imports as they ran."""
    metadata.create_all(connection, tables=[runs], checkfirst=False)


@migration
def m008_asked_once(connection: Connection) -> None:
    """What is the same in copies of a report is asked once, and its decision is carried over to them."""
    for table, column, kind in (("events", "of", "VARCHAR(64)"), ("review_items", "same_as", "VARCHAR(32)")):
        if column not in {one["name"] for one in inspect(connection).get_columns(table)}:
            connection.exec_driver_sql(
                f"ALTER TABLE {table} ADD COLUMN \"{column}\" {kind} NOT NULL DEFAULT ''"
            )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS review_items_same_as ON review_items (same_as)")
    # The queue of copies that are known already is computed again.
    copied = select(copies.c.document).where(copies.c.of.is_not(None))
    connection.execute(review_built.delete().where(review_built.c.document.in_(copied)))


@migration
def m009_batch_keys(connection: Connection) -> None:
    """Each question of a batch by itself, to be looked up without reading all of them."""
    metadata.create_all(connection, tables=[batch_keys], checkfirst=False)
    query = select(batches.c.id, batches.c["keys"].label("held")).where(batches.c.state == "handed")
    found = {key: row.id for row in connection.execute(query).all() for key in row.held}
    if found:
        rows = [{"key": key, "batch": id} for key, id in found.items()]
        connection.execute(batch_keys.insert(), rows)


@migration
def m010_selections(connection: Connection) -> None:
    """A few figures of many reports without reading the others, and what is open about who reports."""
    # Rows enter by report, so that this index grows at its end; one by indicator alone was half of writing.
    connection.exec_driver_sql("CREATE INDEX observations_of_document ON observations (document, indicator)")
    connection.exec_driver_sql("DROP INDEX IF EXISTS observations_about_itself")
    connection.exec_driver_sql(
        "CREATE INDEX observations_about_itself ON observations (indicator, accepted, document)"
        f" WHERE {ABOUT_ITSELF}"
    )
