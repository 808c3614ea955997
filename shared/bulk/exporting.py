"""Exports: one snapshot of what their creator sees, under import headings, as a file to download."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from shared.bulk.creators import principal_of
from shared.bulk.exported_list import Exportable
from shared.bulk.store import FileStore, StoredFile
from shared.bulk.tables import core_export
from shared.bulk.targets import Target, target
from shared.database.ids import uuid7
from shared.database.snapshot import snapshot
from shared.database.statements import Connection, Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Unavailable
from shared.messaging.job_run import JobCancelled, JobRun
from shared.messaging.outbox import defer
from shared.messaging.schedules import Schedule
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.filters import ListRequest
from shared.records.listing import Listing

EXPORT_JOB = "export"
ROWS_AT_ONCE = 500
RETENTION = timedelta(hours=24)
"""How long the file of an export can be downloaded. The file of an import is stored for 30 days, for its list of
failures."""
IMPORT_RETENTION = timedelta(days=30)
_GET = Statement(select(core_export).where(core_export.c.id == bindparam("key")))
_ENTER = Statement(
    insert(core_export).values(
        {
            name: bindparam(name)
            for name in (
                "id",
                "service",
                "resource",
                "format",
                "filters",
                "fields",
                "safe",
                "job",
                "created_by",
                "created_at",
            )
        }
    )
)
_DONE = Statement(
    update(core_export)
    .where(core_export.c.id == bindparam("key"), core_export.c.created_at == bindparam("since"))
    .values(row_count=bindparam("rows"), file_digest=bindparam("digest"), file_size=bindparam("size"))
    .returning(core_export.c.id)
)


_OLD_EXPORTS = "DELETE FROM core_export WHERE service = $1 AND created_at < now() - $2::interval RETURNING file_digest"
_OLD_IMPORTS = """
SELECT DISTINCT file_digest FROM core_import WHERE service = $1 AND status <> 'pending'
    AND created_at BETWEEN now() - $2::interval - interval '3 days' AND now() - $2::interval
"""
_STILL_WANTED = """
SELECT EXISTS (SELECT FROM core_export WHERE file_digest = $1 AND created_at >= now() - $2::interval)
    OR EXISTS (SELECT FROM core_import
               WHERE file_digest = $1 AND (status = 'pending' OR created_at >= now() - $3::interval))
"""
_UNREFERENCED = """
SELECT digest FROM unnest($1::text[]) AS stored (digest)
WHERE NOT EXISTS (SELECT FROM core_export WHERE file_digest = digest)
    AND NOT EXISTS (SELECT FROM core_import WHERE file_digest = digest)
"""
_UNREFERENCED_FOR = timedelta(hours=24)
"""How long a file stays that no import or export names, for example because its transaction failed."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """A requested export. `fields` are headings, in order; `filters` are those of the list."""

    format: str
    filters: Mapping[str, str]
    fields: Sequence[str]
    safe: bool


async def rows_in_order(
    connection: Connection, listing: Listing, access: AccessScope, asked: ListRequest, extra: str
) -> AsyncIterator[list[Row]]:
    """All rows of a list, in chunks from a server-side cursor, without the limit of a page."""
    query = listing.ordered(access.access_kind, *asked.shape)
    if extra:
        query = query.add_columns(listing.extras.columns[extra])
    statement = Statement(query)
    cursor = await connection.cursor(statement.sql, *statement.arguments(listing.arguments(asked, access, extra)))
    while rows := await cursor.fetch(ROWS_AT_ONCE):
        yield rows


async def order_export(
    uow: UnitOfWork, service: str, exportable: Exportable, wish: ExportWish, access: AccessScope
) -> UUID:
    """Inserts the export and enqueues its job; returns the job's id. Raises Malformed for a bad filter, or for a filter
    by a field that the caller may not see."""
    exportable.listing.refuse_closed(access, wish.filters)
    for name, raw in wish.filters.items():
        exportable.listing.parse(name, raw)
    return await enter_export(uow, service, exportable.resource.plural, wish, EXPORT_JOB, bulk=True)


async def enter_export(
    uow: UnitOfWork, service: str, resource: str, wish: ExportWish, kind: str, *, bulk: bool
) -> UUID:
    """Inserts an export and enqueues a job of this kind with the export's id. Returns the job's id."""
    key, actor = uuid7(), uow.origin.actor.label
    job = defer(uow, service, kind, {"export": str(key)}, created_by=actor, bulk=bulk)
    await _ENTER.execute(
        uow.connection,
        id=key,
        service=service,
        resource=resource,
        format=wish.format,
        filters=dict(wish.filters),
        fields=list(wish.fields),
        safe=wish.safe,
        job=job,
        created_by=actor,
        created_at=now(),
    )
    return job


async def get_export(connection: Connection, key: UUID) -> Row | None:
    """The export's row."""
    return await _GET.fetchrow(connection, key=key)


async def export_of(run: JobRun) -> Row:
    """The export of a job."""
    async with run.database.acquire() as connection:
        export = await get_export(connection, UUID(run.payload["export"]))
    if export is None:
        raise LookupError("no such export")
    return export


async def finish_export(run: JobRun, export: Row, rows: int, stored: StoredFile) -> dict[str, Any]:
    """Completes the export, so that its file can be downloaded. Returns the job's result. Raises Unavailable, so that
    the job runs again, if people were erased since it read the export's row."""
    values = {"rows": rows, "digest": stored.digest, "size": stored.size}
    async with run.unit_of_work() as uow:
        if not await _DONE.fetchval(uow.connection, key=export["id"], since=export["created_at"], **values):
            raise Unavailable("People were erased while their records were exported.")
    run.result_url = f"/{export['service']}/v1/exports/{export['id']}/file"
    return {"export_id": str(export["id"]), "rows": rows, "size": stored.size, "sha256": stored.digest}


async def run_export(run: JobRun, exportables: Mapping[str, Exportable], store: FileStore) -> dict[str, Any]:
    """Runs the job of an export: the complete list as its creator would see it."""
    export = await export_of(run)
    exportable = exportables[export["resource"]]
    principal = await principal_of(run.database, run.created_by)
    access = access_scope_for(principal, exportable.roles, exportable.resource)
    count = 0
    with tempfile.TemporaryFile() as file:
        into = target(file, export["format"], export["fields"], safe=export["safe"])
        async with snapshot(run.database, access.context) as connection:
            filters = {name: exportable.listing.parse(name, raw) for name, raw in export["filters"].items()}
            asked = ListRequest(filters, "id", False, 0)
            async for rows in rows_in_order(connection, exportable.listing, access, asked, exportable.export_extra):
                await asyncio.to_thread(_write, into, exportable, access, rows)
                count += len(rows)
                await run.progress(count)
                if run.cancelled:
                    raise JobCancelled
        await asyncio.to_thread(into.close)
        file.seek(0)
        stored = await store.put(file)
    return await finish_export(run, export, count, stored)


def _write(into: Target, exportable: Exportable, access: AccessScope, rows: Sequence[Row]) -> None:
    for row in rows:
        for line in exportable.lines(row, access):
            into.write(line)


def sweep(service: str, store: FileStore) -> Schedule:
    """Every hour, deletes the files of exports after a day, of imports after 30 days, and unreferenced ones after a
    day."""

    async def run(uow: UnitOfWork) -> None:
        old = await uow.connection.fetch(_OLD_EXPORTS, service, RETENTION)
        old += await uow.connection.fetch(_OLD_IMPORTS, service, IMPORT_RETENTION)
        for digest in {row["file_digest"] for row in old} - {None}:
            if not await uow.connection.fetchval(_STILL_WANTED, digest, RETENTION, IMPORT_RETENTION):
                await store.remove(digest)
        await _remove_unreferenced(uow, store)

    return Schedule(timedelta(hours=1), run, catch_up=1)


async def _remove_unreferenced(uow: UnitOfWork, store: FileStore) -> None:
    before = await uow.connection.fetchval("SELECT now() - $1::interval", _UNREFERENCED_FOR)
    for row in await uow.connection.fetch(_UNREFERENCED, await store.digests_before(before)):
        await store.remove_before(row["digest"], before)
    await asyncio.to_thread(store.discard_before, before)
