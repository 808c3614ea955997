"""Activities of the IATI Standard over HTTP: what everybody may know, whoever the caller is."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, cast

from fastapi import Response
from lxml import etree
from starlette.types import Receive, Scope, Send

from services.actions.access import ROLES
from services.actions.exchange.iati import queries
from services.actions.exchange.iati.document import Made, Reporting, head_and_tail, made
from services.actions.exchange.iati.domain import Plan
from services.actions.exchange.iati.schemas import OmissionPage, present
from services.actions.exchange.iati.state import tag_of
from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.exchange.open_data.queries import EVERYBODY
from services.actions.settings import ActionsSettings
from shared.database.snapshot import snapshot
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, NotFound
from shared.open_data.requests import COUNTRY, FRESH, countries_of, fresh, unchanged
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.conditional import is_known
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import body_response, document_response
from shared.web.request.route import ResourceRouter
from shared.web.request.streams import Pace

router = ResourceRouter(OPEN_DATA, ROLES)
_XML = "application/xml"
_OPTIONS = RouteOptions(
    is_public=True, is_item=True, query=query_of(described=COUNTRY), problems=("iati_not_configured",)
)
_XML_BODY = {200: {"content": {_XML: {"schema": {"type": "string"}}}, "description": "A document of IATI 2.03."}}


@router.get(
    "/iati/activities.xml",
    options=_OPTIONS,
    operation_id="getIatiActivities",
    summary="Read programmes and actions as activities of IATI 2.03",
    responses=_XML_BODY,
)
async def get_activities(ctx: CurrentContext) -> Response:
    """All published programmes and actions of which an activity can be made, under one snapshot. The others are in the
    list of omissions. 404 without any activity, since a document of IATI has at least one."""
    return _ActivityStream(ctx, _reporting(ctx), countries_of(ctx).codes)


@router.get(
    "/iati/activities/{ref}.xml",
    options=RouteOptions(is_public=True, is_item=True, problems=("iati_not_configured",)),
    operation_id="getIatiActivity",
    summary="Read one programme or action as an activity of IATI 2.03",
    responses=_XML_BODY,
)
async def get_activity(ref: str, ctx: CurrentContext) -> Response:
    """The published programme or action with this ref, alone in a document. 404 if no activity can be made of it."""
    reporting = _reporting(ctx)
    async with snapshot(ctx.read_database, EVERYBODY.context) as connection:
        plan = await queries.plan_of(connection, countries_of(ctx).codes, ref)
    found = [one for one in _all_made([plan] if plan else [], reporting) if one.activity.ref == ref]
    if not (block := _block(found)):
        raise NotFound
    head, tail = head_and_tail(today())
    return fresh(body_response(ctx, head + block + tail, media_type=_XML))


@router.get(
    "/iati/omissions",
    options=_OPTIONS,
    operation_id="listIatiOmissions",
    summary="Read what is left out of the activities, and why",
    responses={200: {"model": OmissionPage}},
)
async def list_omissions(ctx: CurrentContext) -> Response:
    """Each published programme or action of which no activity is made, with the reason."""
    reporting, countries = _reporting(ctx), countries_of(ctx).codes
    items: list[dict[str, Any]] = []
    published = 0
    async with snapshot(ctx.read_database, EVERYBODY.context) as connection:
        async for plans in queries.plans(connection, countries):
            found = await asyncio.to_thread(_all_made, plans, reporting)
            published += len(found)
            items += [present(one) for one in found if one.element is None]
    numbers = {"published": published, "activities": published - len(items)}
    return fresh(document_response(ctx, {"items": items, **numbers, "as_of": today()}))


class _ActivityStream(Response):
    """All activities of some countries, sent while programmes are read; 304 if the caller has them already."""

    def __init__(self, ctx: RequestContext, reporting: Reporting, countries: Sequence[str]) -> None:
        super().__init__(None, 200, FRESH, _XML)
        del self.headers["content-length"]
        self._ctx, self._reporting, self._countries = ctx, reporting, countries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes a slot, and alternately reads and sends. Raises NotFound if there is no activity."""
        pace, is_begun = Pace(send), False
        head, tail = head_and_tail(today())
        async with (
            scope["app"].state.streams.place(self._ctx) as database,
            snapshot(database, EVERYBODY.context) as connection,
        ):
            tag = await tag_of(connection, self._countries, self._reporting, today())
            self.headers["etag"] = tag
            if is_known(self._ctx.request, tag):
                await unchanged(tag)(scope, receive, send)
                return
            async for plans in queries.plans(connection, self._countries):
                if block := await asyncio.to_thread(self._block, plans):
                    if not is_begun:
                        is_begun = True
                        await self._start(pace)
                        block = head + block
                    await pace.send({"type": "http.response.body", "body": block, "more_body": True})
        if not is_begun:
            raise NotFound
        await pace.send({"type": "http.response.body", "body": tail, "more_body": False})

    async def _start(self, pace: Pace) -> None:
        await pace.send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})

    def _block(self, plans: Sequence[Plan]) -> bytes:
        return _block(_all_made(plans, self._reporting))


def _all_made(plans: Iterable[Plan], reporting: Reporting) -> list[Made]:
    return [one for plan in plans for one in made(plan, reporting)]


def _block(of: Iterable[Made]) -> bytes:
    return b"".join(etree.tostring(one.element, encoding="utf-8") for one in of if one.element is not None)


def _reporting(ctx: RequestContext) -> Reporting:
    """Raises Conflict `iati_not_configured` if the settings name no reporting organisation."""
    settings = cast(ActionsSettings, ctx.settings)
    if not settings.iati_ref:
        raise Conflict("No organisation is configured that reports activities.", code="iati_not_configured")
    documents = f"{settings.issuer.rstrip('/')}{OPEN_DATA.path}/documents"
    return Reporting(settings.iati_ref, settings.iati_name, settings.iati_kind, documents)
