"""Grants over HTTP. A grant is not edited: it is revoked, and another one is created."""

from typing import Any

from services.access.access import ROLES
from services.access.authority.grants import operations, queries
from services.access.authority.grants.domain import ROLE_OF_TWO
from services.access.authority.grants.guards import with_own_grants
from services.access.authority.grants.queries import LISTING
from services.access.authority.grants.schemas import Grant, GrantCreate, GrantFields, present
from shared.database.statements import Row
from shared.records.access_scope import AccessScope
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.request.request_context import RequestContext


async def _with_name(ctx: RequestContext, _access: AccessScope, row: Row) -> dict[str, Any]:
    """The holder with the name, by which whoever confirms the grant knows them."""
    async with ctx.connection() as connection:
        name = await queries.name_of(connection, row["principal_kind"], row["principal_id"])
    return {"principal": {"kind": row["principal_kind"], "id": str(row["principal_id"]), "name": name}}


GRANT_API = RecordApi(
    kind=operations.GRANTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Grant,
    present=present,
    bodies=Bodies(creation=GrantCreate, columns=GrantCreate.columns, step_up=ROLE_OF_TWO),
    create=operations.create,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=GrantFields, reads_fields=False),
    items=Items(members=_with_name),
    dependency=with_own_grants,
)
router = record_routes(GRANT_API)
