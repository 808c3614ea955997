"""Invented programmes of the fictional countries, with actions, milestones, indicators and published results.

They are loaded on request: they change the stages of their countries, from which the tour and tests begin.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.actions.access import ROLES
from services.actions.governments.endorsements import operations as endorsements
from services.actions.governments.endorsements.schemas import EndorsementCreate
from services.actions.measurement.indicators import operations as indicators
from services.actions.measurement.indicators.schemas import IndicatorCreate
from services.actions.measurement.periods import operations as periods
from services.actions.measurement.periods.schemas import PeriodCreate
from services.actions.measurement.results import operations as results
from services.actions.measurement.results.schemas import ResultCreate
from services.actions.plan.actions import operations as actions
from services.actions.plan.actions.schemas import ActionCreate
from services.actions.plan.milestones import operations as milestones
from services.actions.plan.milestones.schemas import MilestoneCreate
from services.actions.plan.programmes import operations as programmes
from services.actions.plan.programmes.schemas import ProgrammeCreate
from services.actions.settings import ActionsSettings
from services.centres.access import ROLES as CENTRE_ROLES
from services.centres.committees.committees import operations as committees
from services.centres.committees.committees.schemas import CommitteeBody
from services.centres.designation.centres import operations as centres
from services.centres.designation.centres.schemas import CentreBody
from services.centres.settings import CentresSettings
from services.membership.seed import SECRETARIAT
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from shared.kernel.clock import today
from shared.records.access_scope import access_scope_for
from shared.records.record import Record
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.web.contract.values import row_values

_FRAMEWORK = "3+1/2026"
_DOCUMENT = {"title": "Report of the demonstration", "date": "2026-03-01", "url": "https://example.org/report.pdf"}


@dataclass(frozen=True, slots=True)
class _Work:
    """An action: its pillar, title, place, tag, budget and number of milestones that are done."""

    pillar: str
    title: str
    place: tuple[str, float, float]
    goal: str
    budget: tuple[int, str]
    done: int


_WORKS = {
    "XA": (
        _Work("action-1", "Restore the Alpha wetlands", ("Upper Alpha", 12.5, -30.2), "15.1", (900_000, "EUR"), 2),
        _Work("action-2", "Measure the water of 40 wells", ("Port Alpha", 11.9, -29.8), "6.3", (250_000, "EUR"), 1),
        _Work("action-3", "Train teachers in ecology", ("Alpha City", 12.1, -30.0), "4.7", (120_000, "EUR"), 0),
    ),
    "XB": (
        _Work("action-1", "Plant mixed forests", ("Beta Hills", -4.2, 41.5), "15.2", (700_000, "USD"), 1),
        _Work("action-2", "Watch the air of three cities", ("Beta Bay", -4.9, 40.8), "11.6", (300_000, "USD"), 2),
        _Work("action-3", "Teach farmers to save soil", ("Beta Plain", -5.3, 41.1), "2.4", (150_000, "USD"), 1),
    ),
}  # fmt: skip
_NUMBER = {"level": "outcome", "direction": "ascending", "over_time": "latest"}
_HECTARES = {
    **_NUMBER, "code": "DEMO-LAND", "titles": {"en": "Restored land"}, "measure": "unit", "across": "sum",
    "unit": {"code": "ha", "label": "hectares"}, "pillar": "action-1", "codes": [{"scheme": "sdg", "code": "15.3"}],
}  # fmt: skip
_SHARE = {
    **_NUMBER, "code": "DEMO-WATER", "titles": {"en": "Waters in good state"}, "measure": "percentage",
    "across": "weighted_mean", "pillar": "action-2", "codes": [{"scheme": "sdg", "code": "6.3"}],
}  # fmt: skip
_VALUES: dict[str, dict[str, dict[str, str]]] = {
    "DEMO-LAND": {"XA": {"value": "1250.5"}, "XB": {"value": "830"}},
    "DEMO-WATER": {"XA": {"numerator": "26", "denominator": "40"}, "XB": {"numerator": "9", "denominator": "12"}},
}


_COMMITTEE, _CENTRE = "Committee of the demonstration", "Centre of the demonstration"
_PLACES = """
SELECT k.country, k.id, c.id AS centre FROM centre_committee k JOIN centre_centre c ON c.committee_id = k.id
WHERE k.created_by = 'system' AND k.names ->> 'en' = $1 AND k.status = 'proposed' AND c.status = 'draft'
"""
_HOST = "SELECT id FROM member_published_institution WHERE country = $1 ORDER BY id LIMIT 1"
_HAS_COMMITTEE = "SELECT EXISTS (SELECT 1 FROM centre_committee WHERE country = ANY($1) AND id <> ALL($2))"
_HAS_PROGRAMME = "SELECT EXISTS (SELECT 1 FROM action_programme WHERE country = ANY($1))"
_HAS_PERIOD = "SELECT EXISTS (SELECT 1 FROM action_period WHERE framework = $1 AND code = $2)"
_HAS_INDICATORS = "SELECT EXISTS (SELECT 1 FROM action_indicator WHERE framework = $1 AND code = ANY($2))"


async def load(database_url: str) -> str | None:
    """Creates the records through the public operations, or none of them. Returns what is in their way, if anything is.

    Two services write in a transaction each. What is in the way is looked for before the first of them; after an
    interruption between the two, the next call continues with the committees and centres of the first.
    """
    async with _writing(ActionsSettings(database_url=database_url)) as uow:
        if hindrance := await _hindrance(uow):
            return hindrance
        hosts: dict[str, UUID] = {}
        async with _writing(CentresSettings(database_url=database_url)) as of_centres:
            connection = of_centres.connection
            places = {row["country"]: (row["id"], row["centre"]) for row in await connection.fetch(_PLACES, _COMMITTEE)}
            own = [committee for committee, _ in places.values()]
            if await connection.fetchval(_HAS_COMMITTEE, list(_WORKS), own):
                return "one of the countries has a committee"
            for country in _WORKS:
                if (host := await connection.fetchval(_HOST, country)) is None:
                    return "the countries have no institutions: `escm demo load` enters them"
                hosts[country] = host
            for country in _WORKS.keys() - places.keys():
                places[country] = await _centre(of_centres, country, hosts[country])
        for country, (committee, centre) in places.items():
            await _programme(uow, country, hosts[country], {"committee_id": committee, "centre_id": centre})
        await _results(uow)
    return None


async def _hindrance(uow: UnitOfWork) -> str | None:
    """What of the programmes, their periods and indicators is there already."""
    if await uow.connection.fetchval(_HAS_PROGRAMME, list(_WORKS)):
        return "one of the countries has a programme"
    if await uow.connection.fetchval(_HAS_PERIOD, _FRAMEWORK, str(today().year)):
        return f"{_FRAMEWORK} has a period {today().year}"
    if await uow.connection.fetchval(_HAS_INDICATORS, _FRAMEWORK, list(_VALUES)):
        return f"{_FRAMEWORK} has one of the indicators {', '.join(_VALUES)}"
    return None


@asynccontextmanager
async def _writing(settings: Settings) -> AsyncIterator[UnitOfWork]:
    database = await Database.open(settings.database_dsn(), size=1, application="escm-demo")
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT, Origin(SECRETARIAT, f"demo-{uuid7()}")) as uow:
            yield uow
    finally:
        await database.close()


async def _created(uow: UnitOfWork, module: Any, kind: ResourceType[Any, Any], body: BaseModel) -> Any:
    """A record from a validated body, created by the operations of its module."""
    roles = CENTRE_ROLES if kind.resource.service == "centres" else ROLES
    access = access_scope_for(SECRETARIAT, roles, kind.resource)
    return await module.create(uow, access, kind.new(row_values(body, kind.table)))


async def _taken(
    uow: UnitOfWork, module: Any, kind: ResourceType[Any, Any], record: Record, *verbs: str, **fields: Any
) -> Any:
    """The record after these transitions; `fields` are those of the last one."""
    access = access_scope_for(SECRETARIAT, ROLES, kind.resource)
    for verb in verbs:
        requested = TransitionRequest(verb, None, fields if verb == verbs[-1] else {})
        record = await module.transition(uow, access, record, requested)
    return record


async def _centre(uow: UnitOfWork, country: str, host: UUID) -> tuple[UUID, UUID]:
    """A proposed committee and the draft of a centre."""
    owner = {"country": country, "host_institution_id": host, "visibility": "public"}
    committee = CommitteeBody.model_validate({**owner, "names": {"en": _COMMITTEE}})
    proposed = await _created(uow, committees, committees.COMMITTEES, committee)
    body = {**owner, "names": {"en": _CENTRE}, "committee_id": proposed.id}
    drafted = await _created(uow, centres, centres.CENTRES, CentreBody.model_validate(body))
    return proposed.id, drafted.id


async def _programme(uow: UnitOfWork, country: str, host: UUID, places: dict[str, UUID]) -> None:
    """A programme under way with an endorsement of its government and an action in each pillar."""
    body = {"name": "Ministry of Environment of the demonstration", "kind": "ministry"}
    letter = {"country": country, "level": 3, "body": body, "document": _DOCUMENT, "visibility": "public"}
    claimed = await _created(uow, endorsements, endorsements.ENDORSEMENTS, EndorsementCreate.model_validate(letter))
    await _taken(uow, endorsements, endorsements.ENDORSEMENTS, claimed, "verify")
    plan = {"country": country, "framework": _FRAMEWORK, "visibility": "public", **places}
    programme = await _created(uow, programmes, programmes.PROGRAMMES, ProgrammeCreate.model_validate(plan))
    made = [(work, await _action(uow, work, programme.id, host)) for work in _WORKS[country]]
    step = partial(_taken, uow, programmes, programmes.PROGRAMMES)
    await step(programme, "launch", "submit_plan", "approve", "start")
    for work, action in made:
        await _taken(uow, actions, actions.ACTIONS, action, "approve", "start")
        for number in range(3):
            await _milestone(uow, action.id, number, is_done=number < work.done)


async def _action(uow: UnitOfWork, work: _Work, programme: UUID, host: UUID) -> Any:
    name, lat, lon = work.place
    amount, currency = work.budget
    body = {
        "programme_id": programme,
        "pillar": work.pillar,
        "titles": {"en": work.title},
        "descriptions": {"en": f"{work.title}, as an example."},
        "locations": [{"name": name, "lat": lat, "lon": lon}],
        "participants": [{"institution_id": host, "role": 4}],
        "tags": [{"scheme": "sdg", "code": work.goal}],
        "budget": {"amount": amount, "currency": currency},
        "baseline": {"value": 0, "unit": "sites", "date": "2025"},
        "planned_start": today(),
        "planned_end": today() + timedelta(days=900),
    }
    return await _created(uow, actions, actions.ACTIONS, ActionCreate.model_validate(body))


async def _milestone(uow: UnitOfWork, action: UUID, number: int, *, is_done: bool) -> None:
    title = ("Choose the sites", "Begin the work", "Report on the first year")[number]
    body = {"action_id": action, "titles": {"en": title}, "due": today() + timedelta(days=120 * (number + 1))}
    made = await _created(uow, milestones, milestones.MILESTONES, MilestoneCreate.model_validate(body))
    if is_done:
        step = partial(_taken, uow, milestones, milestones.MILESTONES)
        claimed = await step(made, "start", "claim", evidence=[_DOCUMENT])
        await step(claimed, "verify")


async def _results(uow: UnitOfWork) -> None:
    """Two indicators of the framework with the published results of this year."""
    year = today().year
    time = {"code": str(year), "starts": f"{year}-01-01", "ends": f"{year}-12-31", "opens_on": f"{year}-01-01"}
    days = {"due_on": f"{year + 1}-03-31", "closes_on": f"{year + 1}-04-30"}
    body = PeriodCreate.model_validate({"framework": _FRAMEWORK, **time, **days})
    period = await _created(uow, periods, periods.PERIODS, body)
    for defined in (_HECTARES, _SHARE):
        new = IndicatorCreate.model_validate({**defined, "framework": _FRAMEWORK})
        draft = await _created(uow, indicators, indicators.INDICATORS, new)
        indicator = await _taken(uow, indicators, indicators.INDICATORS, draft, "publish")
        for country, value in _VALUES[indicator.code].items():
            subject = {"indicator_id": indicator.id, "country": country, "period_id": period.id, "visibility": "public"}
            given = ResultCreate.model_validate({**subject, "method": "measured", **value})
            entered = await _created(uow, results, results.RESULTS, given)
            await _taken(uow, results, results.RESULTS, entered, "submit", "approve", "accept", "publish")
