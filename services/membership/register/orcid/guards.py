"""Who may link an ORCID iD: the person whose record it is."""

from typing import Annotated

from fastapi import Depends

from services.membership.access import ROLES
from services.membership.register.experts.routes import EXPERT_API
from services.membership.register.orcid.domain import PURPOSE
from shared.database.statements import Row
from shared.kernel.errors import Forbidden
from shared.web.request.request_context import CurrentContext


async def own_expert(row: Annotated[Row, Depends(EXPERT_API.readable)], ctx: CurrentContext) -> Row:
    """The caller's own record. Raises Forbidden for everybody else, whatever their office."""
    scope = ctx.principal.permission_scope(ROLES, EXPERT_API.kind.resource.name, PURPOSE)
    if ctx.principal.account_id is None or str(row["id"]) not in scope.records:
        raise Forbidden("Only the person links their own ORCID iD.", members={"reason": "not_permitted"})
    return row
