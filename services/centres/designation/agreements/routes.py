"""Agreements over HTTP: the routes of every record, from this description."""

from typing import Any

from services.centres.access import ROLES
from services.centres.designation.agreements import operations, queries, record
from services.centres.designation.agreements.domain import SigningContext
from services.centres.designation.agreements.queries import LISTING
from services.centres.designation.agreements.schemas import Agreement, AgreementBody, AgreementFields, present
from services.centres.designation.centres.routes import with_files
from shared.database.statements import Row
from shared.kernel.lifecycle import AvailableAction
from shared.records.access_scope import AccessScope
from shared.records.hosting import asked_to_sign, for_signing
from shared.records.requirements import permitted
from shared.web.records.hosting import hold_centres
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.request.request_context import CurrentContext, RequestContext


def _amendment(row: Row) -> dict[str, Any]:
    days = {name: row[name] and row[name].isoformat() for name in ("effective", "expires")}
    return {"id": str(row["id"]), "ref": row["ref"], "status": row["status"], **days}


async def _amendments(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    async with ctx.connection() as connection:
        rows = await queries.amendments(connection, access.context, row["id"])
    return {"amendments": [_amendment(one) for one in rows]}


async def with_agreements(ctx: CurrentContext) -> None:
    """Gives representatives, for this request, their role over the agreements of the centres on whose files they work,
    and of those whose agreement names their institution as the host and was sent."""
    await with_files(ctx)
    if institutions := for_signing(ctx.principal):
        async with ctx.connection() as connection:
            found = await asked_to_sign(connection, institutions)
        await hold_centres(ctx, institutions, found)


class AgreementApi(RecordApi[record.Agreement, SigningContext]):
    """Agreements offer where the next signature really leads."""

    async def available_actions(self, record: record.Agreement, ctx: RequestContext) -> list[AvailableAction]:
        may = permitted(ctx.access_on(self.kind.resource), record)
        signing = await operations.load_guard_context(ctx.connection, ctx.principal, record, {})
        return operations.lifecycle_of(record).available_actions(record.status, signing, may)


router = record_routes(
    AgreementApi(
        kind=operations.AGREEMENTS,
        roles=ROLES,
        listing=LISTING,
        response_model=Agreement,
        present=present,
        bodies=Bodies(AgreementBody),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, fields=AgreementFields),
        items=Items(members=_amendments),
        dependency=with_agreements,
    )
)
