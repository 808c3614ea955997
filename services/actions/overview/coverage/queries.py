"""Counting the records that have the codes of a scheme, among those that the caller may know of."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, Text, any_, bindparam, column, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.tables import tag
from services.actions.classification.schemes.domain import MOST_CODES
from services.actions.measurement.indicators.queries import CODES
from services.actions.measurement.indicators.queries import LISTING as INDICATORS
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.periods.tables import period
from services.actions.measurement.results.queries import LISTING as RESULTS
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.tables import result
from services.actions.overview.coverage.domain import Counted
from services.actions.plan.actions.domain import PUBLISHED as ACTIONS_PUBLISHED
from services.actions.plan.actions.record import Action
from services.actions.plan.milestones.domain import PUBLISHED as MILESTONES_PUBLISHED
from services.actions.plan.milestones.record import Milestone
from services.actions.reporting.evidence.domain import PUBLISHED as EVIDENCE_PUBLISHED
from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.reports.domain import PUBLISHED as REPORTS_PUBLISHED
from services.actions.reporting.reports.record import Report
from services.actions.support.support_requests.domain import PUBLISHED as REQUESTS_PUBLISHED
from services.actions.support.support_requests.record import SupportRequest
from shared.database.context import within_context
from shared.database.statements import Connection, Row, Shapes
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.plain import by_grant

_MOST_CODES = 50_000


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record with codes. `tagged` selects, for a form of the application filter, one row for each code of
    each record: its `id`, `country`, `scheme` and `code`."""

    resource: Resource
    tagged: Callable[[AccessKind], Select[Any]]


def _tagged(kind: str, published: frozenset[str]) -> Callable[[AccessKind], Select[Any]]:
    """The codes that triggers copied from the tags of records of this kind."""

    def build(access_kind: AccessKind) -> Select[Any]:
        query = select(tag.c.id, tag.c.country, tag.c.scheme, tag.c.code)
        return query.where(tag.c.kind == constant(kind), visible(tag, access_kind, published))

    return build


def _files(access_kind: AccessKind) -> Select[Any]:
    """The codes and the category of each available file of evidence, as far as the caller may know of the file."""
    known = or_(visible(tag, access_kind, EVIDENCE_PUBLISHED), by_grant(tag, tag.c.scope_id, access_kind))
    query = select(tag.c.id, tag.c.country, tag.c.scheme, tag.c.code)
    return query.where(tag.c.kind == constant("evidence"), tag.c.status == constant("available"), known)


_PERIOD = bindparam("period", value=None, type_=Text)


def _indicators(access_kind: AccessKind) -> Select[Any]:
    """The codes of indicators."""
    i = indicator.c
    query = INDICATORS.base(access_kind).with_only_columns(i.id, i.country, *CODES.c)
    return query.select_from(indicator.join(CODES, true()))


def _results(access_kind: AccessKind) -> Select[Any]:
    """The codes of the indicators of published results, of one period if the parameter names one."""
    r = result.c
    in_period = r.period_id.in_(select(period.c.id).where(period.c.code == _PERIOD))
    return (
        RESULTS.base(access_kind)
        .with_only_columns(r.id, r.country, *CODES.c)
        .select_from(result.join(indicator, indicator.c.id == r.indicator_id).join(CODES, true()))
        .where(r.status == constant("published"), or_(_PERIOD.is_(None), in_period))
    )


SOURCES = (
    Source(Indicator.resource_type, _indicators),
    Source(Result.resource_type, _results),
    Source(Action.resource_type, _tagged("action", ACTIONS_PUBLISHED)),
    Source(Milestone.resource_type, _tagged("milestone", MILESTONES_PUBLISHED)),
    Source(Report.resource_type, _tagged("report", REPORTS_PUBLISHED)),
    Source(Evidence.resource_type, _files),
)
"""The kinds of records that the coverage counts, each in the member of its plural."""
SUPPORT_REQUESTS = Source(SupportRequest.resource_type, _tagged("support_request", REQUESTS_PUBLISHED))


def among_of(source: Source, access_kind: AccessKind, is_limited: bool) -> FromClause:
    """The codes of a kind of record; of some countries and of none, if it is limited."""
    tagged = source.tagged(access_kind).subquery("tagged")
    in_countries = tagged.c.country == any_(bindparam("countries", type_=ARRAY(Text)))
    limited = select(tagged).where(or_(in_countries, tagged.c.country.is_(None)))
    return limited.subquery("among") if is_limited else tagged


def _by_code(source: Source, access_kind: AccessKind, is_limited: bool) -> Select[Any]:
    """The number of records by scheme and code."""
    among = among_of(source, access_kind, is_limited)
    records = func.count().label("records")
    return within_context(
        select(among.c.scheme, among.c.code, records)
        .where(among.c.scheme == any_(bindparam("schemes", type_=ARRAY(Text))))
        .group_by(among.c.scheme, among.c.code)
        .order_by(records.desc(), among.c.code)
        .limit(_MOST_CODES)
    )


def _together(source: Source, access_kind: AccessKind, is_limited: bool) -> Select[Any]:
    """The number of records by target for which several codes count: each record once, which needs their ids."""
    among = among_of(source, access_kind, is_limited)
    matched = matched_of(among, Counted._fields, "target")
    return within_context(
        select(matched.c.target, func.count().label("records")).group_by(matched.c.target).limit(MOST_CODES)
    )


def _whole(source: Source, access_kind: AccessKind, is_limited: bool) -> Select[Any]:
    """The number of records with any of the codes, and of their countries."""
    among = among_of(source, access_kind, is_limited)
    matched = matched_of(among, ("scheme", "code"))
    countries = func.count(matched.c.country.distinct())
    columns: list[ColumnElement[Any]] = [func.count().label("records"), countries.label("countries")]
    return within_context(select(*columns).select_from(matched))


def matched_of(among: FromClause, names: Sequence[str], *keys: str) -> FromClause:
    """Each record once for each value of the keys, which parameters give with codes."""
    pairs = (
        func.unnest(*(bindparam(name, type_=ARRAY(Text)) for name in names))
        .table_valued(*(column(name, Text) for name in names))
        .render_derived("counted")
    )
    same = pairs.c.scheme == among.c.scheme, pairs.c.code == among.c.code
    return (
        select(*(pairs.c[key] for key in keys), among.c.id, among.c.country).where(*same).distinct().subquery("matched")
    )


_BY_CODE, _TOGETHER, _WHOLE = Shapes(_by_code), Shapes(_together), Shapes(_whole)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is counted: records of these countries and of no country, or all; results of the periods with this code, or
    of all."""

    countries: Sequence[str] | None
    period: str | None


async def by_code(
    connection: Connection, access: AccessScope, source: Source, schemes: Collection[str], limits: Limits
) -> dict[tuple[str, str], int]:
    """The number of records by scheme and code: the 50,000 most frequent, in this order."""
    rows = await _fetch(_BY_CODE, connection, access, source, limits, schemes=list(schemes))
    return {(row["scheme"], row["code"]): row["records"] for row in rows}


async def together(
    connection: Connection, access: AccessScope, source: Source, given: Sequence[Counted], limits: Limits
) -> dict[str, int]:
    """The number of records by target, at most 20,000, each counted once for it."""
    pairs = {name: [getattr(one, name) for one in given] for name in Counted._fields}
    rows = await _fetch(_TOGETHER, connection, access, source, limits, **pairs)
    return {row["target"]: row["records"] for row in rows}


async def whole(
    connection: Connection, access: AccessScope, source: Source, tags: Collection[tuple[str, str]], limits: Limits
) -> tuple[int, int]:
    """The number of records with any of these schemes and codes, and of their countries."""
    schemes, codes = [scheme for scheme, _ in tags], [code for _, code in tags]
    (row,) = await _fetch(_WHOLE, connection, access, source, limits, scheme=schemes, code=codes)
    return row["records"], row["countries"]


async def _fetch(
    statements: Shapes, connection: Connection, access: AccessScope, source: Source, limits: Limits, **arguments: Any
) -> list[Row]:
    statement = statements.get(source, access.access_kind, limits.countries is not None)
    return await statement.fetch(
        connection, countries=limits.countries, period=limits.period, **arguments, **access.parameters
    )
