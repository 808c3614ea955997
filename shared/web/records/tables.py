"""Statistics as a table: `format=csv`, with a row for each number."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from fastapi import Response

from shared.bulk.blocks import FORMATS, CsvBlocks
from shared.kernel.errors import invalid_parameter
from shared.web.request.paging import parameters_of
from shared.web.request.request_context import RequestContext
from shared.web.request.streams import is_safe, switch

TABLE = {"format": "`csv`: a row for each number, with the same columns for the same `by`; JSON without it."}
"""The parameters of a table that the contract does not describe for lists."""
CONTROLS = ("safe", "bom")
_OWN = {*TABLE, *CONTROLS}


def without_table(ctx: RequestContext) -> dict[str, str]:
    """The query parameters, except those of a table. Raises Malformed `invalid_parameter` if one is given twice."""
    return {name: value for name, value in parameters_of(ctx.request).items() if name not in _OWN}


def as_table(ctx: RequestContext, response: Response, columns: Iterable[str]) -> Response:
    """The response in the form that was asked for. `columns` are the members of its items, `as_of` is the first column
    of a table; lists and objects are JSON. Raises Malformed `invalid_parameter`."""
    given = ctx.request.query_params
    if "format" not in given:
        if only := [name for name in CONTROLS if name in given]:
            raise invalid_parameter(only[0], "Requires format=csv.")
        return response
    if given["format"] != "csv":
        raise invalid_parameter("format", "csv; JSON without it.")
    safe, bom = is_safe(given, ctx.principal), switch(given, "bom", default=False)
    if response.status_code != 200:
        return response
    blocks = CsvBlocks(("as_of", *columns), safe=safe, bom=bom)
    body = blocks.head + blocks.block(_rows(orjson.loads(response.body)))
    headers = {"Content-Disposition": f'inline; filename="{ctx.resource.plural}.csv"'}
    if "etag" in response.headers:
        headers["ETag"] = response.headers["etag"]
    return Response(body, 200, headers, FORMATS["csv"])


def _rows(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The items of each day of a series, or of the one day of the response."""
    for day in content.get("series") or [content]:
        for item in day["items"]:
            yield {**item, "as_of": day["as_of"]}
