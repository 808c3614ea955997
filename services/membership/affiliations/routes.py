"""The affiliations of one expert over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Body, Depends, Response

from services.membership.access import ROLES
from services.membership.affiliations import operations, queries
from services.membership.affiliations.schemas import present, values, written
from services.membership.experts.routes import EXPERT_API
from services.membership.experts.schemas import Affiliation, AffiliationBody
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.records.kind import require
from shared.web.answers import JSON, item_response, key_of, patched
from shared.web.call import Call, CurrentCall, public
from shared.web.conditional import changed_since, is_current
from shared.web.fields import Page
from shared.web.route import ResourceRouter

router = ResourceRouter(EXPERT_API.kind.resource, ROLES)
Expert = Annotated[Row, Depends(EXPERT_API.readable)]
_LIST, _ITEM = "/{record}/affiliations", "/{record}/affiliations/{affiliation}"


async def readable_affiliation(affiliation: str, expert: Expert, call: CurrentCall) -> Row:
    """The affiliation of an expert whom the caller may see. Raises NotFound."""
    key = key_of(affiliation)
    if isinstance(key, UUID):
        async with call.connection() as connection:
            row = await queries.get(connection, call.sight.context, expert["id"], key)
        if row is not None:
            return row
    raise NotFound("There is no such affiliation.")


Readable = Annotated[Row, Depends(readable_affiliation)]


@router.get(
    _LIST,
    operation_id="listExpertAffiliations",
    summary="List an expert's affiliations",
    responses={200: {"model": Page}},
)
@public
async def list_affiliations(expert: Expert, call: CurrentCall) -> Response:
    async with call.connection() as connection:
        rows = await queries.of_expert(connection, call.sight.context, expert["id"])
    return Response(orjson.dumps({"items": [present(row) for row in rows], "next": None}), media_type=JSON)


@router.get(
    _ITEM, operation_id="getExpertAffiliation", summary="Read an affiliation", responses={200: {"model": Affiliation}}
)
@public
async def get_affiliation(row: Readable, call: CurrentCall) -> Response:
    return item_response(call, present(row))


@router.post(
    _LIST,
    operation_id="createExpertAffiliation",
    summary="Add an affiliation",
    status_code=201,
    responses={201: {"model": Affiliation}},
)
async def create_affiliation(body: AffiliationBody, expert: Expert, call: CurrentCall) -> Response:
    require(call.sight, "update", expert["country"], expert["id"])
    row = await operations.create(call.uow, expert, values(body), asserted_by=_source(call, expert))
    return item_response(call, present(row), status=201)


@router.patch(
    _ITEM,
    operation_id="updateExpertAffiliation",
    summary="Change an affiliation",
    responses={200: {"model": Affiliation}},
)
async def update_affiliation(
    patch: Annotated[dict[str, Any], Body(media_type="application/merge-patch+json")],
    expert: Expert,
    row: Readable,
    call: CurrentCall,
) -> Response:
    require(call.sight, "update", expert["country"], expert["id"])
    if not is_current(call.request, row["version"]):
        raise changed_since(present(row))
    body = patched(AffiliationBody, written(row), patch)
    return item_response(call, present(await operations.change(call.uow, expert, row, values(body))))


def _source(call: Call, expert: Row) -> str:
    return "self" if expert["account_id"] and expert["account_id"] == call.principal.id else "secretariat"
