"""Reading the inputs of a country's stage, the stages, and their counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Select, Text, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from services.actions.governments.endorsements.domain import ENDORSEMENT_LEVEL
from services.actions.overview.countries.domain import RUNGS, FactPeriod, facts_on
from services.actions.overview.countries.record import CountryStage
from services.actions.overview.countries.tables import country_fact, country_stage
from services.actions.plan.actions.tables import action
from services.actions.plan.frameworks.record import Pillar
from services.actions.plan.frameworks.tables import framework
from services.actions.plan.programmes.domain import PUBLISHED as PUBLISHED_PROGRAMMES
from services.actions.plan.programmes.tables import programme
from shared.contracts import views
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Shapes, Statement
from shared.kernel.clock import today
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.counts import cells
from shared.records.references import CENTRES, NAMED_CENTRES, NAMED_EXPERTS, NAMED_INSTITUTIONS, reading_access

_COUNTED = {each.resource.plural: each for each in (NAMED_EXPERTS, NAMED_INSTITUTIONS, NAMED_CENTRES)}
"""The records that are counted, with their published states."""
_FACTS = f"""
WITH committee AS (
    SELECT id, status, formed_on, recognised_on, created_at::date AS proposed_on
    FROM {views.COMMITTEES.fullname} WHERE country = $1
), living AS (
    SELECT * FROM committee WHERE status NOT IN ('dissolved', 'abandoned')
), centre AS (
    SELECT id, designated_on FROM {views.CENTRES.fullname}
    WHERE country = $1 AND status IN ('active', 'renewal_due', 'renewal_review') AND designated_on IS NOT NULL
    ORDER BY designated_on, id LIMIT 1
), approved AS (
    SELECT id, framework FROM action_programme
    WHERE country = $1 AND status IN ('approved', 'implementing', 'paused', 'completed')
), pillar AS (
    SELECT a.programme_id, a.pillar, min(a.actual_start) AS started
    FROM action_action a JOIN approved p ON p.id = a.programme_id
    WHERE a.country = $1 AND a.pillar <> 'core' AND a.status IN ('in_progress', 'finalising', 'closed')
      AND a.actual_start IS NOT NULL
    GROUP BY a.programme_id, a.pillar
), found (key, day, path, id) AS (
    SELECT 'contact', date, 'actions/v1/correspondence', id FROM action_correspondence WHERE country = $1
    UNION ALL
    SELECT 'contact', coalesce(issued, verified_on), 'actions/v1/endorsements', id FROM action_endorsement
    WHERE country = $1 AND verified_on IS NOT NULL
    UNION ALL
    SELECT 'contact', starts, 'actions/v1/focal_points', id FROM action_focal_point
    WHERE country = $1 AND status <> 'nominated'
    UNION ALL SELECT 'contact', proposed_on, 'centres/v1/committees', id FROM committee
    UNION ALL
    SELECT 'preparatory_committee', least(formed_on, recognised_on), 'centres/v1/committees', id FROM living
    UNION ALL SELECT 'scientific_committee', recognised_on, 'centres/v1/committees', id FROM living
    UNION ALL SELECT 'centre', designated_on, 'centres/v1/centres', id FROM centre
    UNION ALL
    SELECT 'endorsement', coalesce(issued, verified_on), 'actions/v1/endorsements', id FROM action_endorsement
    WHERE country = $1 AND status = 'verified' AND level >= {ENDORSEMENT_LEVEL}
      AND (valid_to IS NULL OR valid_to >= current_date)
    UNION ALL
    SELECT 'programme', greatest(max(p.started), (SELECT designated_on FROM centre)), 'actions/v1/programmes',
        p.programme_id
    FROM pillar p WHERE EXISTS (SELECT FROM centre) GROUP BY p.programme_id HAVING count(*) = 3
    UNION ALL
    SELECT 'results', m.verified_on, 'actions/v1/milestones', m.id
    FROM action_milestone m JOIN action_action a ON a.id = m.action_id JOIN approved p ON p.id = a.programme_id
    WHERE m.country = $1 AND m.status = 'done'
    UNION ALL
    SELECT 'results', r.accepted_at::date, 'actions/v1/results', r.id
    FROM action_result r JOIN action_indicator i ON i.id = r.indicator_id
    WHERE r.country = $1 AND r.status IN ('accepted', 'published') AND r.kind = 'actual'
      AND EXISTS (SELECT FROM approved p WHERE p.framework = coalesce(i.framework, p.framework))
)
SELECT DISTINCT ON (key) key, day, '/' || path || '/' || id AS link
FROM found WHERE day IS NOT NULL ORDER BY key, day, id
"""  # noqa: S608
_ENDED_FACTS = f"""
SELECT 'endorsement' AS key, coalesce(issued, verified_on) AS day, '/actions/v1/endorsements/' || id AS link,
    CASE status WHEN 'expired' THEN valid_to + 1 ELSE withdrawn_on END AS ends
FROM action_endorsement
WHERE country = $1 AND level >= {ENDORSEMENT_LEVEL} AND status IN ('expired', 'withdrawn') AND verified_on IS NOT NULL
UNION ALL
SELECT key, day, '/centres/v1/committees/' || id, ended_on
FROM {views.COMMITTEES.fullname}, LATERAL (VALUES
    ('preparatory_committee', least(formed_on, recognised_on)),
    ('scientific_committee', recognised_on)) AS fact (key, day)
WHERE country = $1 AND status IN ('dissolved', 'abandoned')
UNION ALL
SELECT 'results', accepted_at::date, '/actions/v1/results/' || id, ended_at::date
FROM action_result WHERE country = $1 AND status = 'retracted' AND kind = 'actual'
"""  # noqa: S608
_PAST = Statement(
    within_context(
        select(*(country_fact.c[name] for name in ("country", "key", "day", "link", "starts", "ends"))).where(
            country_fact.c.country == any_(bindparam("codes", type_=ARRAY(Text)))
        )
    )
)
_stage = select(*(country_stage.c[name] for name in ("country", "id", "version", "stage", "facts")))
_LOCK = Statement(_stage.where(country_stage.c.country == bindparam("code")).with_for_update())
_STAGES = Statement(
    within_context(
        _stage.where(country_stage.c.country == any_(bindparam("codes", type_=ARRAY(Text)))).order_by(
            country_stage.c.country
        )
    )
)
_PILLARS = Statement(
    within_context(
        select(action.c.pillar, func.array_agg(action.c.status, type_=ARRAY(Text)).label("states"))
        .where(action.c.programme_id == bindparam("programme"), action.c.pillar != "core")
        .group_by(action.c.pillar)
    )
)


@dataclass(frozen=True, slots=True)
class LatestProgramme:
    """A country's programme with the pillars of its framework."""

    id: UUID
    ref: str
    status: str
    centre_id: UUID | None
    pillars: Sequence[Pillar]


async def lock_stage(connection: Connection, country: str) -> CountryStage:
    """The stage of a country that has one, locked."""
    (row,) = await _LOCK.fetch(connection, code=country)
    return CountryStage(**row)


async def find_facts(connection: Connection, country: str) -> dict[str, tuple[date, str]]:
    """The facts of a country that records support: day and address of the earliest record for each. Needs a context
    that may read every row."""
    rows = await connection.fetch(_FACTS, country)
    return {row["key"]: (row["day"], row["link"]) for row in rows if row["key"] in RUNGS}


async def find_ended(connection: Connection, country: str) -> list[FactPeriod]:
    """The facts of a country that ended records supported, with the days on which they did. Needs a context that may
    read every row."""
    rows = await connection.fetch(_ENDED_FACTS, country)
    return [
        FactPeriod(row["key"], row["day"], row["link"], row["day"], row["ends"])
        for row in rows
        if row["day"] is not None and row["ends"] is not None and row["day"] < row["ends"]
    ]


async def fact_periods(
    connection: Connection, context: AccessContext, codes: Collection[str]
) -> dict[str, list[FactPeriod]]:
    """The periods in which the facts of these countries were met."""
    found: dict[str, list[FactPeriod]] = {code: [] for code in codes}
    for row in await _PAST.fetch(connection, codes=list(codes), **context.parameters):
        found[row["country"]].append(FactPeriod(row["key"], row["day"], row["link"], row["starts"], row["ends"]))
    return found


async def stages(
    connection: Connection, access: AccessScope, codes: Collection[str], day: date | None = None
) -> dict[str, CountryStage]:
    """The stages of those countries that have one; with a past `day` their facts are those of that day."""
    rows = await _STAGES.fetch(connection, codes=list(codes), **access.context.parameters)
    found = {row["country"]: CountryStage(**row) for row in rows}
    if day is None or day >= today():
        return found
    past = await fact_periods(connection, access.context, found)
    return {code: replace(stage, facts=facts_on(past[code], day)) for code, stage in found.items()}


def _count(what: str, access_kind: AccessKind, dated: bool) -> Select[Any]:
    nameable = _COUNTED[what]
    counted = cells(nameable.resource.entity, tagged=False, dated=dated)
    query = select(counted.c.country, cast(func.sum(counted.c.n), BigInteger).label("count")).where(
        counted.c.country == any_(bindparam("codes", type_=ARRAY(Text))),
        visible(counted, access_kind, nameable.published),
    )
    return within_context(query.group_by(counted.c.country))


_COUNTS = Shapes(_count)
_entry = views.REGISTER.c
_latest = (
    select(_entry.country, _entry.status)
    .ext(distinct_on(_entry.country, _entry.registration_number))
    .where(
        _entry.recorded_on <= bindparam("until", type_=Date),
        _entry.country == any_(bindparam("codes", type_=ARRAY(Text))),
    )
    .order_by(_entry.country, _entry.registration_number, _entry.recorded_on.desc(), _entry.position.desc())
    .subquery()
)
_REGISTERED = Statement(
    within_context(
        select(_latest.c.country, func.count().label("count"))
        .where(_latest.c.status.in_([constant(status) for status in sorted(NAMED_CENTRES.published)]))
        .group_by(_latest.c.country)
    )
)


async def counts(
    connection: Connection, principal: Principal, codes: Collection[str], day: date | None
) -> dict[str, dict[str, int]]:
    """Experts, institutions and centres of each country: published rows, and all rows if the caller's grants cover the
    country. With a `day`, as they were at its end: of centres the public gets those that the register showed."""
    found = {code: dict.fromkeys(_COUNTED, 0) for code in codes}
    until = {} if day is None else {"until": day}
    for kind, nameable in _COUNTED.items():
        access = reading_access(principal, nameable.resource)
        is_register = kind == CENTRES.plural and day is not None and access.access_kind is AccessKind.ANONYMOUS
        statement = _REGISTERED if is_register else _COUNTS.get(kind, access.access_kind, day is not None)
        for row in await statement.fetch(connection, codes=list(codes), **until, **access.parameters):
            found[row["country"]][kind] = row["count"]
    return found


def _programme(access_kind: AccessKind) -> Select[Any]:
    columns = ("id", "ref", "status", "centre_id")
    query = select(*(programme.c[name] for name in columns), framework.c.pillars)
    query = query.join_from(programme, framework, framework.c.code == programme.c.framework)
    known = visible(programme, access_kind, PUBLISHED_PROGRAMMES)
    ordered = (programme.c.status == "discontinued", programme.c.id.desc())
    return within_context(query.where(programme.c.country == bindparam("code"), known).order_by(*ordered).limit(1))


def _centre(access_kind: AccessKind) -> Select[Any]:
    known = visible(views.CENTRES, access_kind, NAMED_CENTRES.published)
    return within_context(select(views.CENTRES.c.id).where(views.CENTRES.c.id == bindparam("key"), known).limit(1))


_PROGRAMMES = Shapes(_programme)
_CENTRES = Shapes(_centre)


async def latest_programme(connection: Connection, access: AccessScope, code: str) -> LatestProgramme | None:
    """The country's latest programme that the caller may know of; discontinued ones come last."""
    row = await _PROGRAMMES.get(access.access_kind).fetchrow(connection, code=code, **access.parameters)
    return LatestProgramme(**row) if row else None


async def pillar_states(connection: Connection, access: AccessScope, programme_id: UUID) -> dict[str, list[str]]:
    """The states of a programme's actions in each pillar."""
    rows = await _PILLARS.fetch(connection, programme=programme_id, **access.context.parameters)
    return {row["pillar"]: row["states"] for row in rows}


async def knows_centre(connection: Connection, principal: Principal, centre: UUID) -> bool:
    """Whether the caller may know of a centre."""
    access = reading_access(principal, CENTRES)
    return await _CENTRES.get(access.access_kind).fetchval(connection, key=centre, **access.parameters) is not None
