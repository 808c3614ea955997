"""Taking one's own record over."""

from fastapi import Response

from services.membership.access import ROLES
from services.membership.register.claims import operations
from services.membership.register.claims.schemas import ClaimBody
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.routes import EXPERT_API
from services.membership.register.experts.schemas import Expert
from shared.kernel.errors import Forbidden
from shared.web.contract.route_options import RouteOptions
from shared.web.request.mailed_tokens import limit_tries
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter

router = ResourceRouter(EXPERTS.resource, ROLES)


@router.post(
    "/claim", options=RouteOptions(problems=("token_not_valid", "record_exists")), responses={200: {"model": Expert}}
)
async def claim_expert(body: ClaimBody, ctx: CurrentContext) -> Response:
    """Take over one's own record.

    The account that is signed in owns the record of the mailed link. It may repeat the request.
    """
    account = ctx.principal.account_id
    if account is None:
        raise Forbidden("Only a person takes over a record.", members={"reason": "not_permitted"})
    await limit_tries(ctx)
    return await EXPERT_API.respond_with(ctx, await operations.claim(ctx.uow, account, body.token))
