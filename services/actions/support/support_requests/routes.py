"""Requests for support over HTTP, and the offers of experts: the routes of every record, and those below one
request."""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Response

from services.actions.access import ROLES
from services.actions.support.offers.domain import OfferGuardContext
from services.actions.support.offers.operations import OFFERS, load_guard_context
from services.actions.support.offers.queries import LISTING as OFFER_LISTING
from services.actions.support.offers.record import Offer as OfferRecord
from services.actions.support.offers.schemas import Offer, OfferCreate
from services.actions.support.offers.schemas import present as present_offer
from services.actions.support.offers.tables import offer as offer_table
from services.actions.support.support_requests import arranging, operations
from services.actions.support.support_requests.domain import SupportDays
from services.actions.support.support_requests.queries import LISTING
from services.actions.support.support_requests.schemas import (
    SupportRequest,
    SupportRequestBody,
    SupportRequestCreate,
    SupportRequestFields,
    present,
)
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import NotFound
from shared.kernel.lifecycle import AvailableAction
from shared.records.access_scope import AccessScope
from shared.records.resource_type import TransitionRequest
from shared.web.contract.contract import ShownAs
from shared.web.contract.route_options import RouteOptions, query_of_list
from shared.web.contract.schemas import TransitionBody, page_of, transition_model
from shared.web.contract.values import row_values
from shared.web.records.record_routes import record_routes, take_transition
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.paging import list_response, members_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import item_response
from shared.web.request.route import ResourceRouter

_REQUEST = "request_id"
_ITEM = "/{record}/offers/{offer}"


class OfferApi(RecordApi[OfferRecord, OfferGuardContext]):
    """Offers, each locked after its request. Who answers for the expert gives a reason."""

    async def take(self, uow: UnitOfWork, access: AccessScope, row: Row, requested: TransitionRequest) -> None:
        if access.may(requested.action, row["country"], self.scope_of(row)):
            await arranging.lock_request(uow, row[_REQUEST])
        await super().take(uow, access, row, requested)

    async def available_actions(self, record: OfferRecord, ctx: RequestContext) -> list[AvailableAction]:
        access = ctx.access_on(self.kind.resource)
        offered = await super().available_actions(record, ctx)
        return [
            one._replace(requires=("reason",)) if arranging.needs_reason(access, record, one.action) else one
            for one in offered
        ]


OFFER_API = OfferApi(
    kind=OFFERS,
    roles=ROLES,
    listing=OFFER_LISTING,
    response_model=Offer,
    present=present_offer,
    steps=Steps(arranging.transition, guards=load_guard_context),
)


def request_api(days: SupportDays) -> RecordApi[Any, Any]:
    """The API of requests whose steps have so many days."""
    return RecordApi(
        kind=operations.SUPPORT_REQUESTS,
        roles=ROLES,
        listing=LISTING,
        response_model=SupportRequest,
        present=present,
        bodies=Bodies(SupportRequestBody, creation=SupportRequestCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(
            partial(operations.transition, days), guards=operations.load_guard_context, fields=SupportRequestFields
        ),
    )


def routes(api: RecordApi[Any, Any]) -> tuple[ResourceRouter, ...]:
    """The routes of requests, of offers, and of the offers of one request. `api` is that of requests."""
    return record_routes(api), record_routes(OFFER_API), _offers_of(api)


def _offers_of(api: RecordApi[Any, Any]) -> ResourceRouter:
    router = ResourceRouter(OFFERS.resource, ROLES, api.kind.resource.path)
    request_row = Annotated[Row, Depends(api.readable)]

    async def readable_offer(offer: str, request: request_row, ctx: CurrentContext) -> Row:
        """The offer of a request. Raises NotFound."""
        row = await OFFER_API.readable(offer, ctx)
        if row[_REQUEST] != request["id"]:
            raise NotFound("There is no such offer.")
        return row

    async def changeable_offer(row: Annotated[Row, Depends(readable_offer)], ctx: CurrentContext) -> Row:
        """The offer, for grants that change it. Raises Forbidden, VersionConflict, PreconditionRequired."""
        changed: Row = await OFFER_API.changeable()(row, ctx)
        return changed

    @router.get(
        "/{record}/offers",
        options=RouteOptions(query=query_of_list(OFFER_LISTING, without=_REQUEST)),
        responses={200: {"model": page_of(Offer)}},
    )
    async def list_support_request_offers(request: request_row, ctx: CurrentContext) -> Response:
        """List the offers for a request.

        Those that the caller may know of, in pages. A country sees an offer from its acceptance on.
        """
        known = members_of(Offer)
        return await list_response(
            ctx, OFFER_LISTING, present_offer, known, fixed={_REQUEST: request["id"]}, verbs=("create",)
        )

    @router.post("/{record}/offers", status_code=201, responses={201: {"model": Offer}})
    async def create_offer(body: OfferCreate, request: request_row, ctx: CurrentContext) -> Response:
        """Ask an expert to help with a request.

        While offers are sought. The expert is notified in the language of the account.
        """
        new = OFFERS.new(row_values(body, offer_table))
        made = await arranging.create(ctx.uow, ctx.access, request["id"], request["country"], new)
        return await OFFER_API.respond_with(ctx, made.id, status=201)

    @router.get(_ITEM, options=RouteOptions(is_item=True), responses={200: {"model": Offer}})
    async def get_support_request_offer(row: Annotated[Row, Depends(readable_offer)], ctx: CurrentContext) -> Response:
        """Read an offer for a request.

        The same offer as at its own address.
        """
        return item_response(ctx, await OFFER_API.item(row, ctx))

    @router.post(f"{_ITEM}/transitions", options=RouteOptions(is_conditional=True), responses={200: {"model": Offer}})
    async def transition_support_request_offer(
        body: Annotated[TransitionBody, ShownAs(transition_model("Offer", OFFERS.lifecycle))],
        row: Annotated[Row, Depends(changeable_offer)],
        ctx: CurrentContext,
    ) -> Response:
        """Take an offer for a request through a transition.

        The same as at the offer's own address. `If-Match` names its version.
        """
        return await take_transition(OFFER_API, ctx, row, body)

    return router
