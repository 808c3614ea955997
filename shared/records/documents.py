"""Documents in records that name a file of evidence.

new = await with_digest(uow, "document", new)

Until the transaction ends, a file that was found available here is not withdrawn.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.contracts import views
from shared.database.context import Lookup
from shared.database.locks import share_names
from shared.database.statements import Connection, Shapes
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, visible
from shared.records.record import Document, Record
from shared.records.references import reading_access
from shared.records.rows import with_columns

R = TypeVar("R", bound=Record)
EVIDENCE = Resource("actions", "evidence", "evidence")
_PUBLISHED = ("available", "superseded")
_REFERABLE = "available"
_e = views.EVIDENCE.c
_IDS = any_(bindparam("ids", type_=ARRAY(Uuid)))
_MOST = 200
_STATES = Lookup(select(_e.id, _e.status).where(_e.id == _IDS).limit(_MOST))


def _known(access_kind: AccessKind) -> Select[Any]:
    query = select(_e.id, _e.status, _e.sha256).where(_e.id == _IDS)
    return query.where(visible(views.EVIDENCE, access_kind, _PUBLISHED))


_KNOWN = Shapes(_known)


async def with_digest(uow: UnitOfWork, field: str, wanted: R, before: R | None = None) -> R:
    """The record, whose document in `field` has the digest of the file of evidence that it names. A document that is
    that of the record before is not looked up. Raises what `with_digests` raises."""
    document = getattr(wanted, field)
    if before is not None and getattr(before, field) == document:
        return wanted
    (found,) = await with_digests(uow, {f"/{field}": document})
    return with_columns(wanted, {field: found})


async def with_digests(uow: UnitOfWork, documents: Mapping[str, Document | None]) -> list[Document | None]:
    """The documents at these pointers; those that name a file of evidence with its digest.

    Raises Invalid `unknown_evidence` for a file that does not exist or that the actor may not know of, and
    `evidence_not_available` for one that is not available.
    """
    named = {pointer: key for pointer, document in documents.items() if (key := _evidence_in(document)) is not None}
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
        elif found[key]["status"] != _REFERABLE:
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
    return len(rows) == len(named) and all(row["status"] == _REFERABLE for row in rows)


def lock_of(evidence: UUID) -> str:
    """The name of the lock that the withdrawal of a file takes, and that its references share."""
    return f"references {evidence}"


async def _hold(connection: Connection, named: Iterable[UUID]) -> None:
    await share_names(connection, *map(lock_of, sorted(set(named))))


def _evidence_in(document: Document | None) -> UUID | None:
    key = document and document.get("evidence_id")
    return UUID(str(key)) if key else None
