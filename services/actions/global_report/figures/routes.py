"""Figures over HTTP: the routes of every record, their data, images and verification; and the routes of editions, which
freeze them."""

import re
from contextlib import suppress
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Response
from pydantic import ValidationError

from services.actions.access import ROLES
from services.actions.global_report.contributions.guards import with_parts
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.global_report.editions.schemas import EditionFields
from services.actions.global_report.figures import answers, domain, operations, queries, schemas
from services.actions.global_report.figures.asking import ask, ask_all
from services.actions.global_report.figures.drawing import chart_of
from services.actions.global_report.figures.record import Figure, Query
from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, Invalid, invalid_parameter
from shared.kernel.release import release
from shared.kernel.text import LANGUAGES
from shared.pages.charts.chart import NARROWEST, WIDEST
from shared.pages.charts.rendering import image
from shared.records.rows import record_read
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi
from shared.web.request.error_mapping import register_constraint
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import body_response, document_response, patched

register_constraint("action_figure_key_key", "/key", "The edition has a figure of this key.")
_SVG = "image/svg+xml"
_IMAGE: Said = {
    "language": Chosen("The language, one of the six; by default English.", LANGUAGES),
    "width": f"The width in pixels, from {NARROWEST} to {WIDEST}; by default 720.",
}


async def ask_before_writing(ctx: RequestContext) -> None:
    """Asks the query of a new or changed figure before the transaction opens, so that it is known to be public."""
    given = await _body(ctx)
    if ctx.request.method == "POST" and not ctx.request.path_params:
        with suppress(ValidationError, Invalid):
            columns = FIGURE_API.columns_of(schemas.FigureCreate.model_validate(given))
            await _prepare(ctx, "create", columns["edition_id"], columns["query"])
    elif ctx.request.method == "PATCH" and given.keys() & operations.SHOWN:
        row = await FIGURE_API.readable(ctx.request.path_params["record"], ctx)
        with suppress(Invalid):
            changed = patched(schemas.FigureBody, FIGURE_API.written_in(row), given)
            await _prepare(ctx, "update", row["edition_id"], FIGURE_API.columns_of(changed)["query"])


async def _prepare(ctx: RequestContext, verb: str, edition: UUID, query: Query) -> None:
    if ctx.access.may(verb, None, edition):
        domain.check(query)
        ctx.prepared = {answers.ASKED: await ask_all(ctx.request, [query], domain.freezing_day(None, today()))}


_ASKING = {"freeze": "writing", "verify_figures": "frozen", "publish": "frozen"}
"""The transitions of an edition that ask its figures, by the state in which they are taken."""


async def ask_before_freezing(ctx: RequestContext) -> None:
    """Asks all figures of an edition that is to be frozen, verified or published, before the transaction opens."""
    given, record = await _body(ctx), ctx.request.path_params.get("record")
    action = str(given.get("action"))
    if ctx.request.method != "POST" or record is None or action not in _ASKING:
        return
    row = await EDITION_API.readable(record, ctx)
    if row["status"] != _ASKING[action] or not ctx.access.may(action, None, row["id"]):
        return
    if row["as_of"] is not None:
        await _ask_again(ctx, row["id"], row["as_of"])
        return
    with suppress(ValidationError, Invalid):
        fields = EditionFields.model_validate(given.get("fields") or {})
        day = domain.freezing_day(fields.as_of, today())
        async with ctx.connection() as connection:
            access = ctx.access_on(operations.FIGURES.resource)
            figures = await queries.of_edition(connection, access, row["id"], "live")
        ctx.prepared = {answers.ASKED: await ask_all(ctx.request, (one.query for one in figures), day)}


async def _ask_again(ctx: RequestContext, edition: UUID, day: date) -> None:
    """Asks the figures of a frozen edition again, for its day."""
    async with ctx.connection() as connection:
        figures = await queries.of_edition(connection, ctx.access_on(operations.FIGURES.resource), edition, "frozen")
    ctx.prepared = {answers.ASKED: await ask_all(ctx.request, (one.query for one in figures), day)}


async def _body(ctx: RequestContext) -> dict[str, Any]:
    """The object that was sent; empty for what the route refuses."""
    try:
        given = orjson.loads(await ctx.request.body())
    except orjson.JSONDecodeError:
        return {}
    return given if isinstance(given, dict) else {}


FIGURE_API = RecordApi(
    kind=operations.FIGURES,
    roles=ROLES,
    listing=queries.LISTING,
    response_model=schemas.EditionFigure,
    present=schemas.present,
    bodies=Bodies(schemas.FigureBody, creation=schemas.FigureCreate, before=ask_before_writing),
    create=operations.create,
    update=operations.update,
    dependency=with_parts,
    is_public=True,
)
router = record_routes(FIGURE_API)
_readable = Annotated[Row, Depends(FIGURE_API.readable)]


@router.get(
    "/{record}/data",
    options=RouteOptions(is_public=True, is_item=True, problems=("figure_query_not_public",)),
    responses={200: {"model": schemas.FigureData}},
)
async def get_figure_data(row: _readable, ctx: CurrentContext) -> Response:
    """Read the data of a figure.

    That of today while the edition is written, asked of the public API without a token; then what was frozen.
    """
    figure = record_read(Figure, row)
    answer = await _answer(ctx, figure)
    used = figure.release or release()
    return document_response(ctx, schemas.data_shown(figure, answer, used, figure.as_of))


@router.get(
    "/{record}/image",
    options=RouteOptions(
        is_public=True, is_item=True, query=query_of(described=_IMAGE), problems=("figure_query_not_public",)
    ),
    responses={200: {"content": {_SVG: {"schema": {"type": "string"}}}, "description": "The image."}},
)
async def get_figure_image(row: _readable, ctx: CurrentContext) -> Response:
    """Draw a figure.

    As SVG, which follows the reader's preference of light or dark. A map has the
    countries of the data, where a map has a place for them; what else there is stands in a table below.
    """
    given = parameters_of(ctx.request)
    language, width = given.get("language", "en"), given.get("width", "720")
    if language not in LANGUAGES:
        raise invalid_parameter("language", f"One of {', '.join(LANGUAGES)}.")
    if not re.fullmatch("[0-9]{3,4}", width) or not NARROWEST <= int(width) <= WIDEST:
        raise invalid_parameter("width", f"From {NARROWEST} to {WIDEST}.")
    figure = record_read(Figure, row)
    try:
        chart = chart_of(figure, await _answer(ctx, figure), language)
    except answers.Unfit as error:
        raise domain.not_public(error.sentence, f"/{error.member}") from error
    response = body_response(ctx, image(chart, int(width)), media_type=_SVG)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return response


@router.get(
    "/{record}/verification",
    options=RouteOptions(is_public=True, is_item=True, problems=("conflict",)),
    responses={200: {"model": schemas.FigureVerification}},
)
async def verify_figure(row: _readable, ctx: CurrentContext) -> Response:
    """Verify the frozen data of a figure.

    Asks the public API again for its day, without a token. `differences` names each number that is another one.
    """
    figure = record_read(Figure, row)
    then = await _frozen(ctx, figure)
    if then is None or figure.sha256 is None:
        raise Conflict("The figure is not frozen.", members={"current_state": figure.status})
    now = await ask(ctx.request, figure.query, figure.as_of)
    if isinstance(now, answers.Refusal):
        now = answers.Answer("", "", None, {})
    found = answers.verified(then.data, then.sha256, figure.sha256, figure.definition, now)
    return document_response(ctx, schemas.verification_shown(figure, found))


async def _answer(ctx: RequestContext, figure: Figure) -> answers.Answer:
    """The frozen data, or that of today. Raises Invalid `figure_query_not_public`."""
    found = await _frozen(ctx, figure) or await ask(ctx.request, figure.query, None)
    if isinstance(found, answers.Refusal):
        raise domain.not_public(found.reason, "/query")
    return found


async def _frozen(ctx: RequestContext, figure: Figure) -> answers.Answer | None:
    """The frozen data, with the digest of what is stored now."""
    async with ctx.connection() as connection:
        content = await queries.data_of(connection, ctx.access, figure.id)
    if content is None:
        return None
    return answers.Answer(content, answers.digest_of(content), figure.definition, orjson.loads(content))
