"""The programmes of the demonstration, their actions and milestones, and results of three years."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from deploy.demonstration.accounts import Officials
from deploy.demonstration.governments import document
from deploy.demonstration.making import Day, Making, Verbs
from deploy.demonstration.networks import Network
from deploy.demonstration.people import PLACES
from services.actions.measurement.indicators import operations as indicators
from services.actions.measurement.indicators.schemas import IndicatorCreate
from services.actions.measurement.periods import operations as periods
from services.actions.measurement.periods.schemas import PeriodCreate
from services.actions.measurement.results import operations as results
from services.actions.measurement.results.schemas import ResultCreate
from services.actions.measurement.targets import operations as targets
from services.actions.measurement.targets.schemas import TargetCreate
from services.actions.plan.actions import operations as actions
from services.actions.plan.actions.schemas import ActionCreate
from services.actions.plan.frameworks import operations as frameworks
from services.actions.plan.frameworks.schemas import FrameworkCreate
from services.actions.plan.milestones import operations as milestones
from services.actions.plan.milestones.schemas import MilestoneCreate
from services.actions.plan.programmes import operations as programmes
from services.actions.plan.programmes.schemas import ProgrammeCreate
from shared.kernel.principal import Principal

FRAMEWORKS = Verbs.of(frameworks, frameworks.FRAMEWORKS)
PROGRAMMES = Verbs.of(programmes, programmes.PROGRAMMES)
ACTIONS = Verbs.of(actions, actions.ACTIONS)
MILESTONES = Verbs.of(milestones, milestones.MILESTONES)
PERIODS = Verbs.of(periods, periods.PERIODS)
INDICATORS = Verbs.of(indicators, indicators.INDICATORS)
TARGETS = Verbs.of(targets, targets.TARGETS)
RESULTS = Verbs.of(results, results.RESULTS)
YEARS = 3
"""Of how many years there are results."""
_PERIODS = "SELECT code, id FROM action_period WHERE framework = $1"
_MEASURED = "SELECT EXISTS (SELECT FROM action_result WHERE country = $1 AND period_id = $2)"
_WAY = ("submit", "approve", "accept", "publish")
_INDICATORS = "SELECT code, id FROM action_indicator WHERE framework = $1 ORDER BY id"
_PILLARS = ("action-1", "action-2", "action-3")
_WORKS = {
    "action-1": ("Restore the wetlands of the north", "15.1", 900_000, "sites"),
    "action-2": ("Measure the water of forty wells", "6.3", 250_000, "wells"),
    "action-3": ("Train teachers in ecology", "4.7", 120_000, "teachers"),
}
_STEPS = ("Choose the sites", "Begin the work", "Report on the first year", "Report on the second year")
_DEFINED: tuple[dict[str, Any], ...] = (
    {
        "code": "DEMO-LAND", "titles": {"en": "Restored land"}, "measure": "unit", "across": "sum", "level": "outcome",
        "direction": "ascending", "over_time": "latest", "unit": {"code": "ha", "label": "hectares"},
        "pillar": "action-1", "codes": [{"scheme": "sdg", "code": "15.3"}],
    },
    {
        "code": "DEMO-WATER", "titles": {"en": "Waters in good state"}, "measure": "percentage",
        "across": "weighted_mean", "level": "outcome", "direction": "ascending", "over_time": "latest",
        "pillar": "action-2", "codes": [{"scheme": "sdg", "code": "6.3"}],
    },
    {
        "code": "DEMO-TEACHERS", "titles": {"en": "Trained teachers"}, "measure": "unit", "across": "sum",
        "level": "output", "direction": "ascending", "over_time": "latest",
        "unit": {"code": "1", "label": "teachers"}, "pillar": "action-3", "codes": [{"scheme": "sdg", "code": "4.7"}],
    },
)  # fmt: skip


class Measures:
    """The framework under which the programmes began, with its periods and indicators."""

    def __init__(self, code: str, first: int) -> None:
        self.code = code
        self.years = tuple(range(first, first + YEARS))
        self.periods: dict[int, UUID] = {}
        self.indicators: dict[str, UUID] = {}


def code_of(making: Making) -> str:
    """The code of that framework: it began three years before the present one."""
    return f"3+1/{making.last.year - YEARS}"


async def framed(making: Making, day: date) -> Measures:
    """The framework before the present one, and what it measures."""
    measures = Measures(code_of(making), making.last.year - YEARS)
    async with making.on(day, "actions") as opened:
        if await _known(opened, measures):
            return measures
        pillars = [
            {"key": key, "titles": {"en": f"Proactive action {order}"}, "order": order}
            for order, key in enumerate(_PILLARS, start=1)
        ]
        framework = FrameworkCreate.model_validate(
            {
                "code": measures.code,
                "core": {"titles": {"en": "Core: National Research Centre"}},
                "pillars": pillars,
                "valid_from": min(date(measures.years[0], 1, 1), day),
                "valid_to": date(making.last.year, 12, 31),
            }
        )
        await opened.enter(FRAMEWORKS, framework)
        for defined in _DEFINED:
            new = IndicatorCreate.model_validate({**defined, "framework": measures.code})
            draft = await opened.enter(INDICATORS, new)
            measures.indicators[new.code] = (await opened.step(INDICATORS, draft, "publish")).id
        for year in measures.years:
            time = {"starts": date(year, 1, 1), "ends": date(year, 12, 31), "opens_on": date(year, 12, 1)}
            days = {"due_on": date(year + 1, 3, 31), "closes_on": date(year + 1, 4, 30)}
            period = PeriodCreate.model_validate({"framework": measures.code, "code": str(year), **time, **days})
            measures.periods[year] = (await opened.enter(PERIODS, period)).id
    return measures


async def _known(opened: Day, measures: Measures) -> bool:
    """Whether the framework is there, with what it measures."""
    for row in await opened.uow.connection.fetch(_PERIODS, measures.code):
        if row["code"].isdecimal():  # a year
            measures.periods[int(row["code"])] = row["id"]
    for row in await opened.uow.connection.fetch(_INDICATORS, measures.code):
        measures.indicators[row["code"]] = row["id"]
    return bool(measures.periods)


async def planned(
    making: Making, officials: Officials, network: Network, measures: Measures, day: date, centre: UUID, ministry: UUID
) -> Any:
    """A programme that was launched, with an action and its milestones in each pillar."""
    async with making.on(day, "actions", (network.country,)) as opened:
        body = ProgrammeCreate.model_validate(
            {
                "country": network.country,
                "framework": measures.code,
                "committee_id": network.committee.id,
                "centre_id": centre,
                "lead_body_id": ministry,
            }
        )
        programme = await opened.enter(PROGRAMMES, body, officials.author)
        programme = await opened.step(PROGRAMMES, programme, "launch", by=officials.author)
        for pillar in _PILLARS:
            await _planned(opened, officials, network, pillar, programme.id)
        return programme


async def changed(
    making: Making, network: Network, programme: Any, day: date, action: str, by: Principal, reason: str | None = None
) -> Any:
    """The programme after a step."""
    async with making.on(day, "actions", (network.country,)) as opened:
        return await opened.step(PROGRAMMES, programme, action, by=by, reason=reason)


async def _planned(opened: Day, officials: Officials, network: Network, pillar: str, programme: UUID) -> None:
    title, goal, amount, unit = _WORKS[pillar]
    lat, lon = PLACES[network.country]
    place = _PILLARS.index(pillar)
    body = ActionCreate.model_validate(
        {
            "programme_id": programme,
            "pillar": pillar,
            "titles": {"en": title},
            "descriptions": {"en": f"{title}, with the institutions of {network.name}."},
            "locations": [{"name": f"Upper {network.name}", "lat": lat + place / 3, "lon": lon - place / 3}],
            "participants": [{"institution_id": network.institution(place), "role": 4}],
            "tags": [{"scheme": "sdg", "code": goal}],
            "budget": {"amount": amount, "currency": "EUR"},
            "baseline": {"value": 0, "unit": unit, "date": str(opened.day.year)},
            "planned_start": opened.day + timedelta(days=60),
            "planned_end": opened.day + timedelta(days=1_400),
        }
    )
    action = await opened.enter(ACTIONS, body, officials.author)
    for number, step in enumerate(_STEPS):
        milestone = MilestoneCreate.model_validate(
            {
                "action_id": action.id,
                "titles": {"en": step},
                "due": opened.day + timedelta(days=(150, 300, 500, 1_180)[number]),
            }
        )
        await opened.enter(MILESTONES, milestone, officials.author)


async def approved(making: Making, officials: Officials, network: Network, programme: Any, day: date) -> Any:
    """The approval of the plan by the secretariat."""
    async with making.on(day, "actions", (network.country,)) as opened:
        plan = await opened.step(PROGRAMMES, programme, "approve", by=officials.admin)
        return await opened.change(PROGRAMMES, plan, officials.admin, visibility="public")


async def started(making: Making, officials: Officials, network: Network, programme: Any, day: date) -> Any:
    """The start of the programme and of its actions."""
    async with making.on(day, "actions", (network.country,)) as opened:
        programme = await opened.step(PROGRAMMES, programme, "start", by=officials.publisher)
        keys = await opened.uow.connection.fetch(
            "SELECT id FROM action_action WHERE programme_id = $1 ORDER BY pillar", programme.id
        )
        for row in keys:
            action = await actions.ACTIONS.lock(opened.uow, row["id"])
            await opened.step(ACTIONS, action, "approve", "start", by=officials.publisher)
    return programme


async def done(
    making: Making,
    officials: Officials,
    network: Network,
    programme: Any,
    day: date,
    most: int,
    *,
    is_verified: bool = True,
) -> None:
    """The milestones that were due by a day: claimed by the country, verified by the secretariat; `most` an action."""
    due = """
SELECT m.id, row_number() OVER (PARTITION BY a.id ORDER BY m.due) AS place FROM action_milestone m
JOIN action_action a ON a.id = m.action_id WHERE a.programme_id = $1 AND m.due <= $2 AND m.status = 'pending'
ORDER BY a.pillar, m.due
"""
    async with making.on(day, "actions", (network.country,)) as opened:
        rows = await opened.uow.connection.fetch(due, programme.id, day)
        for row in (row for row in rows if row["place"] <= most):
            milestone = await milestones.MILESTONES.lock(opened.uow, row["id"])
            papers = [document("Report on the milestone", day - timedelta(days=2))]
            claimed = await opened.step(MILESTONES, milestone, "start", "claim", by=officials.author, evidence=papers)
            if is_verified:
                await opened.step(MILESTONES, claimed, "verify", by=officials.admin)


async def measured(
    making: Making, officials: Officials, network: Network, measures: Measures, year: int, last: str = "publish"
) -> None:
    """The targets and the results of a year: entered and approved by the country, accepted by the secretariat. `last`
    is how far they went."""
    day = min(date(year + 1, 3, 1), making.last)
    async with making.on(day, "actions", (network.country,)) as opened:
        await opened.act(officials.admin, partial(periods.apply_scheduled, opened.uow))
        if await opened.known(_MEASURED, network.country, measures.periods[year]):
            return
        for code, indicator in measures.indicators.items():
            subject = {
                "indicator_id": indicator,
                "country": network.country,
                "period_id": measures.periods[year],
            }
            number = number_of(code, network.country, year - measures.years[0])
            if code != "DEMO-WATER":
                goal = TargetCreate.model_validate({**subject, "value": str(Decimal(number["value"]) * 11 // 10)})
                await opened.enter(TARGETS, goal, officials.author)
            await entered(opened, officials, {**subject, **number}, last)


async def entered(opened: Day, officials: Officials, values: Mapping[str, Any], last: str, **more: Any) -> Any:
    """A result, entered and approved by the country, accepted and published by the secretariat. `last` is how far it
    went, `more` what that step takes."""
    who = (officials.author, officials.publisher, officials.admin, officials.admin)
    body = ResultCreate.model_validate({"method": "measured", **values})
    result: Any = await opened.enter(RESULTS, body, officials.author)
    for action, by in zip(_WAY[: _WAY.index(last) + 1], who, strict=False):
        shown = {"visibility": "public"} if action == "publish" else {}
        result = await opened.step(RESULTS, result, action, by=by, **shown, **(more if action == last else {}))
    return result


def number_of(code: str, country: str, year: int) -> dict[str, str]:
    """What a country measured in a year, from 0."""
    size = ord(country[1]) - ord("A")
    if code == "DEMO-LAND":
        return {"value": str(240 * size + 310 * (year + 1) * (1 + size % 3))}
    if code == "DEMO-WATER":
        return {"numerator": str(18 + 4 * year + size % 5), "denominator": "40"}
    return {"value": str(20 * size + 45 * (year + 1))}
