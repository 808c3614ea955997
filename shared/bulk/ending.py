"""The end of an import: its counts, its final state (also after its job was given up), and the deletion of its rows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.bulk.imports import close_import, get_import, result_of
from shared.bulk.validation import PATIENCE, rows_in
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.schedules import Schedule

_DONE = "SELECT count(*) FROM core_import_batch WHERE import = $1"
_FAILED = "SELECT count(*) FROM core_import_row WHERE import = $1 AND problem IS NOT NULL"
_SUMS = """
SELECT coalesce(sum(created), 0)::int AS created, coalesce(sum(updated), 0)::int AS updated,
    coalesce(sum(unchanged), 0)::int AS unchanged FROM core_import_batch WHERE import = $1
"""
_ABORT = """
INSERT INTO core_import_row (import, row, problem, detail)
SELECT id, row, 'import_aborted', 'Not written, because another row is bad.'
FROM core_import, generate_series(1, row_count) row WHERE id = $1
ON CONFLICT DO NOTHING
"""
_CLEAR = "DELETE FROM core_import_row WHERE import = $1 AND row > $2"
_DELETE_ROWS = "DELETE FROM core_import_row WHERE import = $1 AND problem IS NULL"
_DELETE_KEYS = "DELETE FROM core_import_key WHERE import = $1"
_LEFT_OPEN = """
SELECT i.*, j.status AS job_status FROM core_import i LEFT JOIN core_job j ON j.id = i.job
WHERE i.service = $1 AND i.status IN ('pending', 'undoing') AND (j.id IS NULL OR j.status IN ('failed', 'cancelled'))
ORDER BY i.id LIMIT 10 FOR UPDATE OF i SKIP LOCKED
"""


_DELETE_OLD = tuple(
    f"""
DELETE FROM {table} WHERE ctid = ANY(ARRAY(
    SELECT r.ctid FROM core_import i CROSS JOIN LATERAL (SELECT ctid FROM {table} WHERE import = i.id LIMIT $3) r
    WHERE i.service = $1 AND i.created_at < now() - $2::interval AND i.status NOT IN ('pending', 'undoing') LIMIT $3))
"""  # noqa: S608
    for table in ("core_import_effect", "core_import_row", "core_import_batch")
)
_AT_ONCE = 50_000
_MARGIN = timedelta(days=1)
"""An undo that began on the last day has time to finish."""


async def batches_written(connection: Connection, key: UUID) -> int:
    """How many batches of an import are written."""
    return int(await connection.fetchval(_DONE, key))


async def clear_rows_beyond(connection: Connection, key: UUID, batches: int) -> None:
    """Deletes the rows of batches that no attempt finished."""
    await connection.execute(_CLEAR, key, rows_in(batches), timeout=PATIENCE)


async def end_import(uow: UnitOfWork, key: UUID, status: str, late_columns: Sequence[str] = ()) -> dict[str, Any]:
    """Ends the import in this state, with the counts of written rows. Returns the result of its job."""
    connection = uow.connection
    await connection.execute("SET LOCAL statement_timeout = 0")
    await connection.execute(_DELETE_KEYS, key, timeout=PATIENCE)
    await connection.execute(_DELETE_ROWS, key, timeout=PATIENCE)
    if status == "aborted":
        await connection.execute(_ABORT, key, timeout=PATIENCE)
    sums = await connection.fetchrow(_SUMS, key)
    counts = {**sums, "failed": await connection.fetchval(_FAILED, key, timeout=PATIENCE)}
    imported = await get_import(connection, key)
    ignored = [*imported["ignored_columns"], *late_columns]
    return result_of(await close_import(uow, imported, status, counts=counts, ignored_columns=ignored))


def given_up(service: str) -> Schedule:
    """Every minute, ends the imports whose job was given up, or cancelled before it began, in the state of the job.

    This includes the job of an undo: the records that it did not reach stay, and the undo may be requested again.
    """

    async def run(uow: UnitOfWork) -> None:
        for row in await uow.connection.fetch(_LEFT_OPEN, service):
            status = "cancelled" if row["job_status"] == "cancelled" else "failed"
            if row["status"] == "undoing":
                await close_import(uow, row, status)
                continue
            await clear_rows_beyond(uow.connection, row["id"], await batches_written(uow.connection, row["id"]))
            await end_import(uow, row["id"], status)

    return Schedule(timedelta(minutes=1), run, catch_up=1)


def delete_old(service: str, days: int) -> Schedule:
    """Every five minutes, deletes some of the effects and failed rows of imports older than so many days.

    These imports can no longer be undone. Their records stay, and so do the identities of their rows.
    """

    async def run(uow: UnitOfWork) -> None:
        for statement in _DELETE_OLD:
            await uow.connection.execute(statement, service, timedelta(days=days) + _MARGIN, _AT_ONCE)

    return Schedule(timedelta(minutes=5), run, catch_up=1)
