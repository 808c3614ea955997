"""How many records have each code of a scheme, or one below it."""

from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Response

from services.actions.classification.codes.queries import outline
from services.actions.classification.schemes.operations import SCHEMES
from services.actions.classification.schemes.queries import edition_of
from services.actions.overview.coverage import queries
from services.actions.overview.coverage.domain import counted, split
from services.actions.overview.coverage.queries import Limits, Source
from services.actions.overview.statistics.queries import COUNTED
from services.actions.overview.statistics.schemas import BY_CODE, definition
from shared.kernel.clock import today
from shared.kernel.errors import invalid_parameter
from shared.records.filters import chosen
from shared.web.records.statistics import is_listed
from shared.web.records.tables import as_table, without_table
from shared.web.request.paging import as_of
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import document_response

SOURCES: Mapping[str, Source] = {
    source.resource.plural: source
    for source in (*queries.SOURCES, queries.SUPPORT_REQUESTS)
    if source.resource.plural in COUNTED
}
"""What is counted by code, by the value of `of`."""
_DEFAULT = "actions"
_FILTERS = {name: COUNTED[_DEFAULT].parsers[name] for name in ("country", "region")}
_LONGEST_LINK = 2_000
_ONLY = {"results": "published"}
"""The single state that is counted of some."""


async def by_code(ctx: RequestContext) -> Response:
    """The counts of `by=code`. Raises Malformed `invalid_parameter` for a scheme without a current edition, a kind that
    it lacks, a past day, and what does not go with codes."""
    given = without_table(ctx)
    of, name, kind = given.get("of", _DEFAULT), given.get("scheme", ""), given.get("kind")
    limits = _limits(ctx, of, given)
    source, access = SOURCES[of], ctx.access_on(SOURCES[of].resource)
    context = ctx.access_on(SCHEMES.resource).context
    async with ctx.connection() as connection:
        scheme = await edition_of(connection, name, None)
        if scheme is None:
            raise invalid_parameter("scheme", "The code of a scheme with a current edition.")
        rows = await outline(connection, context, scheme)
        wanted = [row["code"] for row in rows if kind in (None, row["kind"])]
        if not wanted:
            raise invalid_parameter("kind", "The edition has no codes of this kind.")
        pairs = counted(name, {row["code"]: row["parent"] for row in rows}, (), set(wanted))
        alone, several = split(pairs)
        found = await queries.by_code(connection, access, source, {name}, limits) if alone else {}
        merged = await queries.together(connection, access, source, several, limits) if several else {}
        total, countries = await queries.whole(connection, access, source, {one[1:] for one in pairs}, limits)
    numbers = {**{one.target: found.get(one[1:], 0) for one in alone}, **merged}
    below: dict[str, list[str]] = {}
    for one in sorted(pairs):
        below.setdefault(one.target, []).append(one.code)
    is_linked = is_listed(COUNTED[of], access, None)
    items = [
        {
            "code": code,
            "count": numbers[code],
            "links": {"records": _link(of, given, below[code]) if is_linked else None},
        }
        for code in wanted
        if numbers.get(code)
    ]
    whole = f"{definition(of, access.access_kind)} {BY_CODE.format(scheme=name)}"
    if of in _ONLY:
        whole = f"{whole} Only those of status {_ONLY[of]}."
    content = {"items": items, "as_of": today(), "definition": whole, "total": total, "countries": countries}
    return as_table(ctx, document_response(ctx, content), ("code", "count"))


def _limits(ctx: RequestContext, of: str, given: Mapping[str, str]) -> Limits:
    if of not in SOURCES:
        raise invalid_parameter("of", f"By code, one of {', '.join(SOURCES)}.")
    if given["by"] != "code":
        raise invalid_parameter("by", "Nothing else goes with code.")
    known = {"of", "by", "scheme", "kind", "as_of", *_FILTERS, *(("period",) if of == "results" else ())}
    if more := [name for name in given if name not in known]:
        raise invalid_parameter(more[0], f"By code, {of} are filtered by {', '.join(sorted(known - {'of', 'by'}))}.")
    if as_of(ctx.request) not in (None, today()):
        raise invalid_parameter("as_of", "The codes that records had on a past day are not kept.")
    filters = chosen(_FILTERS, given)
    countries = sorted(set.intersection(*map(set, filters.values()))) if filters else None
    return Limits(countries, given.get("period"))


def _link(of: str, given: Mapping[str, str], codes: list[str]) -> str | None:
    """The list of the records with any of the codes; none if no address can name all of these."""
    if any("," in code for code in codes):
        return None
    filters = {name: given[name] for name in ("country", "region", "period") if name in given}
    query = {**filters, "scheme": given["scheme"], "code": ",".join(codes)}
    if of in _ONLY:
        query["status"] = _ONLY[of]
    address = f"{COUNTED[of].resource.path}?" + "&".join(
        f"{key}={quote(value, safe=',')}" for key, value in query.items()
    )
    return address if len(address) <= _LONGEST_LINK else None
