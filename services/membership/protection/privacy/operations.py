"""Exporting everything that is stored about a person."""

from typing import BinaryIO
from uuid import UUID

from services.membership.protection.privacy import queries
from services.membership.protection.privacy.catalogue import PARTS
from services.membership.protection.privacy.document import Document
from services.membership.register.experts.operations import EXPERTS
from shared.bulk.exporting import ExportWish, enter_export
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.access_scope import AccessScope
from shared.records.requirements import require

SUBJECT_EXPORT = "subject_export"
"""The verb, the job type, and the name of the file."""
_OWN_PARTS = tuple(part for part in PARTS if part != "history")
_WITH_HISTORY = frozenset({"affiliations", "duplicates", "merges"})


async def order(uow: UnitOfWork, access: AccessScope, seen: Row) -> UUID:
    """Assigns an export of everything about an expert to the worker, and records it in the expert's history. Returns
    the job's id.

    Raises Forbidden for everybody but the expert and administrators.
    """
    require(access, SUBJECT_EXPORT, seen["country"], seen["id"])
    expert = await EXPERTS.lock(uow, seen["id"])
    EXPERTS.record_change(uow, SUBJECT_EXPORT, expert, expert, "subject_exported")
    wish = ExportWish("json", {"expert": str(expert.id)}, (), safe=False)
    return await enter_export(uow, "membership", SUBJECT_EXPORT, wish, SUBJECT_EXPORT, bulk=False)


async def write(connection: Connection, expert: Row, target: BinaryIO) -> int:
    """Writes the document, from one snapshot that reads every row. Returns the number of rows."""
    experts = await queries.same_person(connection, expert["id"])
    people = [*experts, *await queries.accounts_of(connection, experts)]
    with_history = {*people}
    document = Document(target, {"expert": {"id": expert["id"], "ref": expert["ref"]}, "made_at": now()})
    for part in _OWN_PARTS:
        async for row in queries.rows_of(connection, part, experts):
            document.write(part, row)
            if part in _WITH_HISTORY:
                with_history.add(row["id"])
    async for row in queries.published(connection, people):
        document.write(row["part"], row["record"])
        with_history |= {row["id"]} - {None}
    async for row in queries.rows_of(connection, "history", list(with_history)):
        document.write("history", row)
    document.close()
    return document.rows
