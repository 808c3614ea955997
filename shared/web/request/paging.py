"""Lists over HTTP: parameters, the encrypted cursor, the link to the next page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import Uuid, column
from sqlalchemy.sql.elements import ColumnElement
from starlette.datastructures import QueryParams

from shared.database.statements import Row
from shared.kernel.clock import today
from shared.kernel.errors import Malformed, invalid_parameter
from shared.records.access_scope import AccessScope, by_grant_alone
from shared.records.columns import parsed_or_fragment
from shared.records.cursors import make_cursor, read_cursor
from shared.records.filters import ListRequest, instant, parsed_day
from shared.records.listing import LARGEST_PAGE, Listing
from shared.web.request.request_context import RequestContext
from shared.web.request.streams import ListStream, format_of, is_safe, switch

DEFAULT_LIMIT = 50
TOTAL = "total_estimate"
"""A value of `include` in addition to a list's own extras: the number of records of all pages."""
PERMITTED = "permitted"
"""A value of `include` of every list: the verbs that the caller's grants include for some records of the kind."""
_OF_PAGES = frozenset((TOTAL, PERMITTED))
_BY_ID: list[ColumnElement[Any]] = [column("id", Uuid)]
_LISTS = 512
"""Addresses of lists whose parsed parameters are cached."""


def parse_list(request: Request, listing: Listing, secret: bytes, access: AccessScope) -> ListRequest:
    """The requested list. Raises Malformed `invalid_parameter` or `invalid_cursor`."""
    given = parameters_of(request)
    limit = page_limit(given.get("limit"))
    sort = given.get("sort", "id")
    field = sort.removeprefix("-")
    if field != "id" and field not in listing.sorts:
        raise invalid_parameter("sort", f"Sort by {', '.join(['id', *listing.sorts])}, with - for descending.")
    filters = {name: listing.parse(name, raw) for name, raw in given.items() if name in listing.filters}
    listing.refuse_closed(access, filters, field)
    after = None
    if (cursor := given.get("cursor")) is not None:
        keys = [listing.key] if field == "id" else [listing.sorts[field], listing.key]
        after = read_cursor(cursor, binding(request), secret, keys)
    return ListRequest(filters, field, sort.startswith("-"), limit, after)


def parameters_of(request: Request) -> dict[str, str]:
    """The query parameters. Raises Malformed `invalid_parameter` if one is given twice."""
    given = dict(request.query_params)
    if len(given) != len(request.query_params.multi_items()):
        raise Malformed("A parameter is given twice.", code="invalid_parameter")
    return given


def page_limit(raw: str | None) -> int:
    """The page size. Raises Malformed `invalid_parameter`."""
    if raw is None:
        return DEFAULT_LIMIT
    if not (raw.isascii() and raw.isdigit() and len(raw) < 4 and 1 <= int(raw) <= LARGEST_PAGE):
        raise invalid_parameter("limit", f"A whole number from 1 to {LARGEST_PAGE}.")
    return int(raw)


def as_of(request: Request) -> date | None:
    """The requested day, today or in the past. Raises Malformed `invalid_parameter`."""
    raw = request.query_params.get("as_of")
    return None if raw is None else day_of("as_of", raw)


def day_in(name: str, raw: str) -> date:
    """The day that a parameter names. Raises Malformed `invalid_parameter`."""
    try:
        return parsed_day(raw)
    except ValueError:
        raise invalid_parameter(name, "A day, YYYY-MM-DD.") from None


def instant_in(name: str, raw: str) -> datetime:
    """The instant that a parameter names. Raises Malformed `invalid_parameter`."""
    try:
        return instant(raw)
    except ValueError as error:
        raise invalid_parameter(name, f"It {error}.") from error


def day_of(name: str, raw: str) -> date:
    """The day of the past, or today, that a parameter names. Raises Malformed `invalid_parameter`."""
    day = day_in(name, raw)
    if day > today():
        raise invalid_parameter(name, "Not later than today.")
    return day


def binding(request: Request) -> bytes:
    """The context to which a cursor is bound: the path, filters and sort; not the page size, the fields or the
    cursor."""
    return _binding(request.scope["path"], request.scope["query_string"])


@lru_cache(_LISTS)
def _binding(path: str, query: bytes) -> bytes:
    free = ("cursor", "limit", "fields", "include")
    parameters = sorted((name, value) for name, value in QueryParams(query).items() if name not in free)
    return f"{path}?{urlencode(parameters)}".encode()


def place_of(ctx: RequestContext, cursor: str | None, keys: list[ColumnElement[Any]]) -> tuple[Any, ...] | None:
    """The position of a requested cursor; None without one. Raises Malformed `invalid_cursor`."""
    return None if cursor is None else read_cursor(cursor, binding(ctx.request), ctx.secret, keys)


def page_after(ctx: RequestContext, keys: list[Any]) -> str:
    """The address of the page after a position: the request's own, with another cursor."""
    cursor = make_cursor(keys, binding(ctx.request), ctx.secret)
    return f"{_without_cursor(ctx.path, ctx.request.scope['query_string'])}cursor={cursor}"


@lru_cache(_LISTS)
def _without_cursor(path: str, query: bytes) -> str:
    """The address of a list before the cursor, which becomes the last parameter."""
    kept = {name: value for name, value in QueryParams(query).items() if name != "cursor"}
    return f"{path}?{urlencode(kept, safe=',-')}{'&' if kept else ''}"


def cut(
    ctx: RequestContext, rows: Sequence[Row], limit: int, place: Callable[[Row], list[Any]]
) -> tuple[list[Row], str | None]:
    """The rows of a page, and the address of the next page, if there are more rows than the limit. `place` returns the
    sort keys of a row."""
    return list(rows[:limit]), page_after(ctx, place(rows[limit - 1])) if len(rows) > limit else None


def place_by_id(ctx: RequestContext) -> tuple[int, UUID | None]:
    """The size of the requested page of a list that is sorted by id alone, and the id after which it begins."""
    query = ctx.request.query_params
    place = place_of(ctx, query.get("cursor"), _BY_ID)
    return page_limit(query.get("limit")), place[0] if place else None


def page_by_id(
    ctx: RequestContext, rows: Sequence[Row], limit: int, shown: Callable[[Row], dict[str, Any]]
) -> Response:
    """The page of these rows, of which there is one more than the limit if there is a next page."""
    page, following = cut(ctx, rows, limit, lambda row: [row["id"]])
    return linked_page({"items": [shown(row) for row in page], "next": following}, following)


def linked_page(body: Mapping[str, Any], following: str | None) -> Response:
    """A page of a list as JSON. `Link` names the next page, if there is one."""
    headers = {"Link": f'<{following}>; rel="next"'} if following else None
    return Response(orjson.dumps(body), 200, headers, "application/json; charset=utf-8")


def members_of(model: type[BaseModel]) -> frozenset[str]:
    """The names of a response's members, which `fields=` takes."""
    return frozenset(field.alias or name for name, field in model.model_fields.items())


def pick_fields(request: Request, known: frozenset[str]) -> frozenset[str] | None:
    """The names of `fields=`, always with `id`; None for all. Raises Malformed for unknown names."""
    raw = request.query_params.get("fields") if request.scope["query_string"] else None
    if raw is None:
        return None
    names = frozenset(raw.split(","))
    if not names <= known:
        raise invalid_parameter("fields", "Names a field that these records do not have.")
    return names | {"id"}


async def list_response(
    ctx: RequestContext,
    listing: Listing,
    present: Callable[[Row, AccessScope], dict[str, Any]],
    known: frozenset[str],
    *,
    access: AccessScope | None = None,
    fixed: Mapping[str, Any] | None = None,
    members: Mapping[str, Any] | None = None,
    verbs: Iterable[str] = (),
    own: Callable[[AccessScope], bool] = by_grant_alone,
) -> Response:
    """The requested page, or with `format` the whole list. `known` are the names allowed in `fields=`. `access` is the
    caller's access scope, by default that of the route's resource; `fixed` are values of filters that are no
    parameters; `members` are further members of the page; `verbs` are those that `permitted` is about,
    `own` whether the caller creates one without a grant."""
    access = access or ctx.access
    asked = parse_list(ctx.request, listing, ctx.secret, access)
    asked = replace(asked, filters={**asked.filters, **(fixed or {})})
    picked = pick_fields(ctx.request, known)
    include = pick_include(ctx.request, listing)
    if (file_format := format_of(ctx.request.query_params, has_places=listing.place is not None)) is not None:
        if of_page := sorted({*include.computed, *include.of_page}):
            raise invalid_parameter("include", f"A stream has no {' and no '.join(of_page)}.")
        return ListStream(
            ctx,
            listing,
            access,
            asked,
            include.column,
            present,
            file_format=file_format,
            known={*known, *include.labels},
            picked=picked,
            safe=is_safe(ctx.request.query_params, ctx.principal),
            bom=switch(ctx.request.query_params, "bom", default=False),
        )
    async with ctx.connection() as connection:
        rows = await listing.fetch(connection, access, asked, include.column)
        computed = {
            name: await listing.extras.computed[name](connection, access, rows[: asked.limit])
            for name in include.computed
        }
        total = await listing.estimate(connection, access, asked) if TOTAL in include.of_page else None

    def render(row: Row) -> dict[str, Any]:
        record = present(row, access)
        for name in include.labels:
            record[name] = parsed_or_fragment(row[name])
        record |= {name: of_rows[row["id"]] for name, of_rows in computed.items() if row["id"] in of_rows}
        return record if picked is None else {name: value for name, value in record.items() if name in picked}

    further = {**(members or {}), **({} if total is None else {TOTAL: total})}
    if PERMITTED in include.of_page:
        further[PERMITTED] = [
            verb for verb in verbs if access.may_somewhere(verb) or (verb == "create" and own(access))
        ]
    return page_response(ctx, rows, asked, render, listing, further)


class Include(NamedTuple):
    """What `include=` names: a column of the list's extras with the label of its member, members of rows that are
    computed, and members of the page."""

    column: str
    labels: tuple[str, ...]
    computed: frozenset[str]
    of_page: frozenset[str]


def pick_include(request: Request, listing: Listing) -> Include:
    """What `include=` names. Raises Malformed for names that the list does not have."""
    raw, extras = request.query_params.get("include"), listing.extras
    names = frozenset(raw.split(",") if raw else ())
    known = [*extras.columns, *extras.computed, PERMITTED, TOTAL]
    if not names <= set(known):
        raise invalid_parameter("include", f"May name {', '.join(known)} here.")
    column = next((name for name in extras.columns if name in names), "")
    labels = (extras.columns[column].name,) if column else ()
    return Include(column, labels, names & extras.computed.keys(), names & _OF_PAGES)


def page_response(
    ctx: RequestContext,
    rows: list[Row],
    asked: ListRequest,
    render: Callable[[Row], Mapping[str, Any]],
    listing: Listing,
    members: Mapping[str, Any] | None = None,
) -> Response:
    """The page as JSON, with further `members`. `rows` has one more than the limit if there is a next page."""
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    following = None
    if more:
        last = rows[-1]
        keys = [last["id"]] if asked.sort == "id" else [last[listing.sorts[asked.sort].key], last["id"]]
        following = page_after(ctx, keys)
    return linked_page({"items": [render(row) for row in rows], "next": following, **(members or {})}, following)
