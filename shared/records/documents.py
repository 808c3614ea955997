"""Documents in records that name a file of evidence.

new = await with_digest(uow, "document", new)

A document has a `url` or names a file. Grants over an institution or centre know of the files that name it. Until the
transaction ends, a file that was found available here is not withdrawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.database.context import Lookup
from shared.database.locks import share_names
from shared.database.statements import Connection, Row, Shapes
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.plain import by_grant
from shared.records.record import Document, Record
from shared.records.references import reading_access
from shared.records.rows import with_columns

R = TypeVar("R", bound=Record)
EVIDENCE = Resource("actions", "evidence", "evidence")
_PUBLISHED = ("available", "superseded")
_AVAILABLE = "available"
_REFERABLE = ("scanning", _AVAILABLE)
_e = views.EVIDENCE.c
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_MOST, _MOST_OF_LIST = 200, 50_000
_AVAILABLE_FILES = Lookup(select(_e.id).where(_e.id == _IDS, _e.status == constant(_AVAILABLE)).limit(_MOST_OF_LIST))
_STATES = Lookup(select(_e.id, _e.status).where(_e.id == _IDS).limit(_MOST))


def _known(access_kind: AccessKind) -> Select[Any]:
    query = select(_e.id, _e.status, _e.sha256).where(_e.id == _IDS)
    known = or_(visible(views.EVIDENCE, access_kind, _PUBLISHED), by_grant(views.EVIDENCE, _e.scope_id, access_kind))
    return query.where(known)


_KNOWN = Shapes(_known)


async def with_digest(uow: UnitOfWork, fields: str, wanted: R, before: R | None = None) -> R:
    """The record, whose documents in these fields, separated by spaces, have the digests of the files of evidence that
    they name. A document that is that of the record before is not examined. Raises what `with_digests` raises."""
    changed = {
        field: getattr(wanted, field)
        for field in fields.split()
        if before is None or getattr(before, field) != getattr(wanted, field)
    }
    found = await with_digests(uow, {f"/{field}": document for field, document in changed.items()})
    return with_columns(wanted, dict(zip(changed, found, strict=True))) if found else wanted


async def with_each_digest(
    uow: UnitOfWork, pointer: str, documents: Iterable[Document], known: Sequence[Document] = ()
) -> list[Document]:
    """The documents of a list at `pointer`. Those that are among `known` are not examined. Raises what `with_digests`
    raises."""
    named = {f"{pointer}/{number}": document for number, document in enumerate(documents)}
    unchanged = {at: document for at, document in named.items() if document in known}
    return list((await with_changed_digests(uow, named, unchanged)).values())


async def with_changed_digests(
    uow: UnitOfWork, documents: Mapping[str, Document], before: Mapping[str, Document]
) -> dict[str, Document]:
    """The documents by their pointers. Those that stand at the same pointer in `before` are not examined. Raises what
    `with_digests` raises."""
    changed = {at: document for at, document in documents.items() if before.get(at) != document}
    found = zip(changed, await with_digests(uow, changed), strict=True)
    return {**documents, **{at: document for at, document in found if document is not None}}


async def with_digests(
    uow: UnitOfWork, documents: Mapping[str, Document | None], *, is_final: bool = False
) -> list[Document | None]:
    """The documents at these pointers; those that name a file of evidence with its digest. `is_final`: no guard asks
    `are_available` about them later.

    Raises Invalid `required` for a document with neither an address nor a file, `unknown_evidence` for a file that does
    not exist or that the actor may not know of, and `evidence_not_available` for one that is neither available nor,
    unless `is_final`, waiting for its scan.
    """
    named = {pointer: key for pointer, document in documents.items() if (key := _evidence_in(document)) is not None}
    empty = [
        FieldError("required", "A document has a `url` or an `evidence_id`.", pointer=pointer)
        for pointer, document in documents.items()
        if document is not None and pointer not in named and not document.get("url")
    ]
    if empty:
        raise Invalid("A document has a `url` or an `evidence_id`.", errors=empty)
    if not named:
        return list(documents.values())
    await _hold(uow.connection, named.values())
    access = reading_access(uow.origin.actor, EVIDENCE)
    statement = _KNOWN.get(access.access_kind)
    rows = await statement.fetch(uow.connection, ids=list(set(named.values())), **access.parameters)
    found = {row["id"]: row for row in rows}
    errors = []
    for pointer, key in named.items():
        if key not in found:
            errors.append(FieldError("unknown_evidence", "There is no such file.", pointer=f"{pointer}/evidence_id"))
        elif found[key]["status"] not in ((_AVAILABLE,) if is_final else _REFERABLE):
            detail = "The file is not available."
            errors.append(FieldError("evidence_not_available", detail, pointer=f"{pointer}/evidence_id"))
    if errors:
        raise Invalid("A document names a file that cannot be used; see errors.", errors=errors)
    return [
        document if pointer not in named else {**(document or {}), "sha256": found[named[pointer]]["sha256"]}
        for pointer, document in documents.items()
    ]


async def are_available(connection: Connection, documents: Iterable[Document | None]) -> bool:
    """Whether every file of evidence that the documents name is available, whoever asks."""
    named = {key for document in documents if (key := _evidence_in(document)) is not None}
    if not named:
        return True
    if connection.is_in_transaction():
        await _hold(connection, named)
    rows = await _STATES.fetch(connection, ids=list(named))
    return len(rows) == len(named) and all(row["status"] == _AVAILABLE for row in rows)


async def with_available_files(connection: Connection, rows: Sequence[Row], name: str) -> list[Row]:
    """The rows whose documents in the column `name`, a JSON list or null, name no file that is not available, whoever
    asks."""
    named = [[key for one in row[name] or () if (key := _evidence_in(one)) is not None] for row in rows]
    wanted = {key for keys in named for key in keys}
    found = await _AVAILABLE_FILES.fetch(connection, ids=list(wanted)) if wanted else ()
    available = {row["id"] for row in found}
    return [row for row, keys in zip(rows, named, strict=True) if available.issuperset(keys)]


def lock_of(evidence: UUID) -> str:
    """The name of the lock that the withdrawal of a file takes, and that its references share."""
    return f"references {evidence}"


async def _hold(connection: Connection, named: Iterable[UUID]) -> None:
    await share_names(connection, *map(lock_of, sorted(set(named))))


def _evidence_in(document: Document | None) -> UUID | None:
    key = document and document.get("evidence_id")
    return UUID(str(key)) if key else None
