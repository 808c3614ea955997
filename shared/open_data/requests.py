"""What requests of open data share: the countries whose rows are read, the day of a copy, the headers of responses."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from starlette.responses import Response

from shared.kernel.countries import FICTIONAL_CODES, known_codes
from shared.kernel.errors import invalid_parameter
from shared.web.request.paging import day_of, parameters_of
from shared.web.request.request_context import RequestContext

FRESH = {"Cache-Control": "public, max-age=300"}
COUNTRY = {"country": "Only what is of this country, as an ISO 3166-1 alpha-2 code."}

DAY = {"date": "The copy of this day, YYYY-MM-DD, as it was stored."}


def fresh(response: Response) -> Response:
    """The response, which may be used again for five minutes."""
    response.headers.update(FRESH)
    return response


def unchanged(tag: str) -> Response:
    """The response to a caller who has the file with this entity tag already."""
    return Response(None, 304, {**FRESH, "ETag": tag})


class Countries(NamedTuple):
    """The countries whose rows are read; `common`: also rows of no country."""

    codes: Sequence[str]
    common: bool


def known_countries(ctx: RequestContext) -> frozenset[str]:
    """All countries; in the sandbox the fictional ones alone."""
    return FICTIONAL_CODES if ctx.principal.sandbox else known_codes(fictional=True)


def countries_of(ctx: RequestContext) -> Countries:
    """The country that is asked for, or all. Raises Malformed `invalid_parameter`."""
    code = parameters_of(ctx.request).get("country")
    if code is None:
        return Countries(sorted(known_countries(ctx)), common=True)
    if code not in known_codes(fictional=True):
        raise invalid_parameter("country", "Not an ISO 3166-1 alpha-2 code of a country.")
    return Countries(sorted(known_countries(ctx) & {code}), common=False)


def copy_day_of(ctx: RequestContext) -> date | None:
    """The day whose copy is asked for; None for the present rows. Raises Malformed `invalid_parameter`."""
    raw = parameters_of(ctx.request).get("date")
    return None if raw is None else day_of("date", raw)
