"""Grants over HTTP. A grant is not edited: it is revoked, and another one is created."""

from typing import Any

from services.access.access import ROLES
from services.access.authority.grants import operations, queries
from services.access.authority.grants.guards import with_own_grants
from services.access.authority.grants.queries import LISTING
from services.access.authority.grants.schemas import GrantAnswer, GrantCreate, GrantFields, present
from shared.database.statements import Row
from shared.records.access_scope import AccessScope
from shared.web.records.records import RecordApi
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
    response_model=GrantAnswer,
    create_body=GrantCreate,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    columns=GrantCreate.columns,
    transition=operations.transition,
    fields=GrantFields,
    reads_fields=False,
    dependency=with_own_grants,
    item_members=_with_name,
)
router = GRANT_API.routes()
