"""Nominations over HTTP: the routes of every record, and the decision of the nominator with a mailed token."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import Response

from services.membership.access import ROLES
from services.membership.selection.nominations import confirmation, operations, queries, schemas
from services.membership.selection.nominations.domain import DECIDED, DECIDING, RECUSE
from services.membership.selection.nominations.queries import LISTING
from shared.database.statements import Row
from shared.kernel.errors import Conflict
from shared.records.access_scope import by_person
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.records.withheld import Withheld
from shared.web.request.mailed_tokens import BY_MAILED_TOKEN, limit_tries
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import JSON


async def _withheld(ctx: RequestContext, key: UUID | str) -> Withheld | None:
    """What somebody with a conflict of interest gets."""
    async with ctx.connection() as connection:
        stub = await queries.conflict_with(connection, ctx.access_on(operations.NOMINATIONS.resource), key)
    if stub is None:
        return None
    refusal = Conflict(
        "You have a conflict of interest.", code="transition_not_allowed", members={"reason": "conflicted"}
    )
    return Withheld({"id": str(stub.id), "ref": stub.ref, "conflict": stub.conflict}, refusal)


def _in_history(row: Row, line: dict[str, Any]) -> dict[str, Any] | None:
    """The line without the decision, as long as it is withheld from the nominee, who never reads who was recused."""
    if row["is_own"] and line["action"] == RECUSE:
        return None
    if not row["is_decision_withheld"]:
        return line
    before = dict.fromkeys(DECIDED, "nominated")
    states = {name: before.get(line[name], line[name]) for name in ("from", "to")}
    return None if line["action"] in DECIDING else {**line, **states}


NOMINATION_API = RecordApi(
    kind=operations.NOMINATIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Nomination,
    present=schemas.present,
    bodies=Bodies(schemas.NominationBody, columns=schemas.columns, own=by_person),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.NominationFields),
    items=Items(withheld=_withheld, in_history=_in_history),
)
router = record_routes(NOMINATION_API)


@router.post("/confirmation", options=BY_MAILED_TOKEN, responses={200: {"model": schemas.DecidedNomination}})
async def confirm_nomination(body: schemas.NominationDecision, ctx: CurrentContext) -> Response:
    """Confirm or decline a nomination as its nominator.

    With the token of the mail, without signing in. The same decision may be repeated.
    """
    await limit_tries(ctx)
    after, call = await confirmation.decide(ctx.uow, body.token, body.decision, body.statement)
    return Response(orjson.dumps(schemas.decided(after, call)), media_type=JSON)


@router.post("/confirmation/preview", options=BY_MAILED_TOKEN, responses={200: {"model": schemas.VouchedNomination}})
async def preview_nomination_confirmation(body: schemas.TokenOfMail, ctx: CurrentContext) -> Response:
    """Read what a nominator vouches for.

    With the token of the mail, without signing in. Nothing changes.
    """
    await limit_tries(ctx)
    found = await confirmation.vouched(ctx.uow, body.token)
    return Response(orjson.dumps(schemas.vouched(*found)), media_type=JSON)
