"""The template over HTTP."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import BinaryIO

from fastapi import Response

from services.actions.access import ROLES
from services.actions.exchange.result_sheets.due import due_results
from services.actions.exchange.result_sheets.queries import periods_named
from services.actions.exchange.result_sheets.template import write_template
from services.actions.measurement.periods.record import Period
from services.actions.measurement.results.operations import RESULTS
from shared.bulk.importable import IMPORT
from shared.bulk.layout import SPREADSHEET
from shared.database.snapshot import snapshot
from shared.database.statements import Connection
from shared.kernel.countries import known_codes
from shared.kernel.errors import Forbidden, invalid_parameter
from shared.web.contract.catalogue import preferred_language
from shared.web.contract.route_options import Chosen, RouteOptions, Said, query_of
from shared.web.request.files import download
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import CurrentContext
from shared.web.request.route import ResourceRouter
from shared.web.request.streams import is_safe

router = ResourceRouter(RESULTS.resource, ROLES)
_MEDIA = {"xlsx": SPREADSHEET, "csv": "text/csv; charset=utf-8"}
_BLOCK = 1 << 16
_PARAMETERS: Said = {
    "country": "The country that reports.",
    "period": "The code or the id of the period.",
    "format": Chosen("`xlsx`, the default, or `csv`.", ("xlsx", "csv")),
}


@router.get(
    "/template",
    options=RouteOptions(is_file=True, query=query_of("safe", described=_PARAMETERS)),
    operation_id="getResultTemplate",
    summary="Fetch the file in which a country enters its results of a period",
    responses={200: {"content": {media.partition(";")[0]: {} for media in _MEDIA.values()}}},
)
async def get_template(ctx: CurrentContext) -> Response:
    """A row for each result that is due and each of its parts, with what was entered so far. `POST /imports` reads it;
    the columns `title`, `unit`, `previous_value` and `target` only inform. A row without a value changes nothing."""
    given = parameters_of(ctx.request)
    media, country = given.get("format", "xlsx"), given.get("country", "")
    if media not in _MEDIA:
        raise invalid_parameter("format", "xlsx or csv.")
    if country not in known_codes(fictional=True):
        raise invalid_parameter("country", "The code of a country, such as XA.")
    async with snapshot(ctx.database, ctx.access.context) as connection:
        period = await _period(connection, given.get("period", ""))
        found = await due_results(connection, ctx.access, country, period)
    own = [one for one in found if ctx.access.may(IMPORT, country, one.subject.centre_id)]
    if not own and not ctx.access.may(IMPORT, country):
        raise Forbidden("Your grants include no results of this country.", members={"reason": "not_permitted"})
    language = preferred_language(ctx.request.headers.get("accept-language", ""))
    safe = is_safe(given, ctx.principal)
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        await asyncio.to_thread(write_template, file, media, own, period, language, ctx.access, safe=safe)
        stack.pop_all()
    return download(_blocks(file), _MEDIA[media], f"results-{country}-{period.code}.{media}", file.tell())


async def _period(connection: Connection, name: str) -> Period:
    found = (await periods_named(connection, [name])).get(name)
    if len(found) != 1:
        what = "Several frameworks have a period of this code: give its id." if found else "There is no such period."
        raise invalid_parameter("period", what)
    return found[0]


async def _blocks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block
