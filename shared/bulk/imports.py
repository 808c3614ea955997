"""The record of an import: its creator, its file, its options and its results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import bindparam, select

from shared.bulk.layout import Layout
from shared.bulk.record import ImportRecord
from shared.bulk.store import StoredFile
from shared.bulk.tables import core_import
from shared.database.ids import uuid7
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.messaging import jobs
from shared.messaging.outbox import defer
from shared.records.resource_type import ResourceType
from shared.records.store import update_record

IMPORT_JOB = "import"
UNDO_JOB = "undo_import"
_ENDED = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class ImportGuardContext:
    """The guard context of `undo`."""

    is_dry_run: bool
    is_under_way: bool
    is_too_old: bool = False


def _can_be_taken_back(
    guard_context: ImportGuardContext,
) -> Literal["nothing_was_written", "too_late", "under_way"] | None:
    if guard_context.is_dry_run:
        return "nothing_was_written"
    if guard_context.is_too_old:
        return "too_late"
    return "under_way" if guard_context.is_under_way else None


LIFECYCLE: Lifecycle[ImportGuardContext] = Lifecycle(
    ("pending", "done", "aborted", "failed", "cancelled", "undoing", "undone"),
    (
        transition("undo", "pending|done|cancelled|failed", "undoing", guard=_can_be_taken_back, fact="updated"),
        transition("take_back", "undoing", "undone", is_scheduled=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Order:
    """A requested import. `mode` is commit or dry_run, `on_error` skip or abort."""

    resource: str
    mode: str
    on_error: str
    registry: bool
    source: str | None
    licence: str | None
    file_name: str


def import_kind(service: str) -> ResourceType[ImportRecord, ImportGuardContext]:
    """The resource type of one service's imports."""
    return ResourceType(Resource(service, "imports", "import"), ImportRecord, core_import, LIFECYCLE)


async def order_import(uow: UnitOfWork, service: str, order: Order, file: StoredFile, layout: Layout) -> ImportRecord:
    """Inserts the import and enqueues its job."""
    record = uuid7()
    job = defer(uow, service, IMPORT_JOB, {"import": str(record)}, created_by=uow.origin.actor.label, bulk=True)
    kind = import_kind(service)
    new = kind.new(
        {
            "id": record,
            "status": "pending",
            "visibility": "restricted",
            "service": service,
            "resource": order.resource,
            "job": job,
            "mode": order.mode,
            "on_error": order.on_error,
            "registry": order.registry,
            "source": order.source,
            "licence": order.licence,
            "file_name": order.file_name,
            "file_digest": file.digest,
            "file_size": file.size,
            "media": layout.media,
            "columns": layout.columns,
            "ignored_columns": list(layout.ignored),
        }
    )
    return await kind.insert(uow, new)


_GET = Statement(select(core_import).where(core_import.c.id == bindparam("key")))


async def get_import(connection: Connection, key: UUID) -> Row:
    """The import's row. Raises LookupError if it is missing, which is a bug."""
    row = await _GET.fetchrow(connection, key=key)
    if row is None:
        raise LookupError("no such import")
    return row


def layout_of(row: Mapping[str, Any]) -> Layout:
    """The layout that was decided when the file arrived."""
    columns = tuple((name, field) for name, field in row["columns"])
    return Layout(row["media"], columns, tuple(row["ignored_columns"]))


async def close_import(uow: UnitOfWork, row: Row, status: str, **columns: Any) -> Row:
    """Ends the import, or its undo, with an audit entry and a fact."""
    after = await update_record(uow, core_import, row["id"], row["version"], {"status": status, **columns})
    action, fact = ("undo", "undone") if status == "undone" else ("finish", "updated")
    import_kind(row["service"]).record_row_change(uow, action, row, after, fact)
    return after


async def is_under_way(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Whether the import's job has not ended."""
    job = await jobs.get(connection, row["job"])
    return job is not None and job["status"] not in _ENDED


def failures_url(row: Mapping[str, Any]) -> str:
    """The address of the list of the import's failed rows."""
    return f"/{row['service']}/v1/imports/{row['id']}/failures"


def result_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The result of the import's job."""
    return {
        "import_id": str(row["id"]),
        "counts": row["counts"],
        "failures_url": failures_url(row),
        "aborted": row["status"] == "aborted",
        "ignored_columns": list(row["ignored_columns"]),
    }


def _page(own: bool, going_on: bool) -> Any:
    query = select(core_import).where(core_import.c.service == bindparam("service"))
    if own:
        query = query.where(core_import.c.created_by == bindparam("created_by"))
    if going_on:
        query = query.where(core_import.c.id < bindparam("before"))
    return query.order_by(core_import.c.id.desc()).limit(bindparam("limit"))


_PAGES = Shapes(_page)
OVERSEE = "oversee"
"""The permission to see everybody's imports, exports and jobs. Only roles with every permission have it."""


def oversees(principal: Principal, roles: Any, resource: Resource) -> bool:
    """Whether the principal sees the imports of others."""
    return principal.permission_scope(roles, resource.name, OVERSEE).everywhere


async def list_imports(
    connection: Connection, service: str, created_by: str | None, before: UUID | None, limit: int
) -> list[Row]:
    """Imports, newest first, of one creator if `created_by` is given. Returns one more than `limit` if there are
    more."""
    values: dict[str, Any] = {"service": service, "limit": limit + 1}
    if created_by is not None:
        values["created_by"] = created_by
    if before is not None:
        values["before"] = before
    return await _PAGES.get(created_by is not None, before is not None).fetch(connection, **values)


_FIND = {
    name: Statement(
        select(core_import).where(
            core_import.c[name] == bindparam("key"), core_import.c.service == bindparam("service")
        )
    )
    for name in ("id", "ref")
}


async def find_import(connection: Connection, service: str, key: UUID | str) -> Row | None:
    """The import of this id or ref, if the service has it."""
    return await _FIND["id" if isinstance(key, UUID) else "ref"].fetchrow(connection, key=key, service=service)
