"""Agreements over HTTP: the routes of every record, from this description."""

from typing import Any

from services.centres.access import ROLES
from services.centres.agreements import operations, queries, record
from services.centres.agreements.queries import LISTING
from services.centres.agreements.schemas import Agreement, AgreementBody, AgreementFields, present
from services.centres.centres.routes import with_files
from shared.database.statements import Row
from shared.kernel.lifecycle import AvailableAction
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.web.records import RecordApi
from shared.web.request_context import RequestContext


def _amendment(row: Row) -> dict[str, Any]:
    days = {name: row[name] and row[name].isoformat() for name in ("effective", "expires")}
    return {"id": str(row["id"]), "ref": row["ref"], "status": row["status"], **days}


async def _amendments(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    async with ctx.connection() as connection:
        rows = await queries.amendments(connection, access.context, row["id"])
    return {"amendments": [_amendment(one) for one in rows]}


class AgreementApi(RecordApi[record.Agreement, None]):
    """Agreements offer where the next signature really leads."""

    async def available_actions(self, record: record.Agreement, ctx: RequestContext) -> list[AvailableAction]:
        may = permitted(ctx.access_on(self.kind.resource), record)
        return operations.lifecycle_of(record).available_actions(record.status, None, may)


router = AgreementApi(
    kind=operations.AGREEMENTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Agreement,
    body=AgreementBody,
    present=present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=AgreementFields,
    dependency=with_files,
    item_members=_amendments,
).routes()
