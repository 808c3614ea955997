"""Indicators, periods and results for tests, by any caller."""

from typing import Any
from uuid import uuid4

from services.actions.measurement.periods.operations import apply_scheduled
from services.actions.measurement.periods.queries import lock_due
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.actions.programme import framework
from tests.support.callers import Caller
from tests.support.clock import run_on

INDICATORS = "/actions/v1/indicators"
PERIODS = "/actions/v1/periods"
TARGETS = "/actions/v1/targets"
RESULTS = "/actions/v1/results"
RULES = "/actions/v1/validation_rules"
FRAMEWORK = "3+1/2026"
NUMBER = {
    "level": "outcome",
    "measure": "unit",
    "unit": {"code": "ha", "label": "hectares"},
    "across": "sum",
    "over_time": "latest",
}


def parts(*codes: str) -> list[dict[str, Any]]:
    """Parts of a dimension."""
    return [{"code": code, "titles": {"en": code}} for code in codes]


def scale(*codes: str) -> list[dict[str, Any]]:
    """A scale, from the lowest code."""
    return [{"code": code, "titles": {"en": code}, "order": order} for order, code in enumerate(codes)]


def indicator_body(**more: Any) -> dict[str, Any]:
    """A number in hectares whose sum is formed, of the framework unless `country` names one."""
    owner = {} if "country" in more else {"framework": FRAMEWORK}
    return {"code": f"I-{uuid4().hex[:12]}", "titles": {"en": "Restored land"}, **owner, **NUMBER, **more}


async def indicator(by: Caller, **more: Any) -> str:
    """The address of a new draft."""
    response = await by.post(INDICATORS, indicator_body(**more))
    assert response.status_code == 201, response.text
    return str(response.json()["links"]["self"])


async def period_body(by: Caller, **more: Any) -> dict[str, Any]:
    """The year 2026 of a new framework unless `framework` names one; it opens in 2090."""
    days = {"opens_on": "2090-01-01", "due_on": "2090-03-31", "closes_on": "2090-04-30"}
    owner = {} if "framework" in more else {"framework": await framework(by)}
    return {"code": "2026", "starts": "2026-01-01", "ends": "2026-12-31", **owner, **days, **more}


async def period(by: Caller, **more: Any) -> str:
    """The address of a new planned period."""
    response = await by.post(PERIODS, await period_body(by, **more))
    assert response.status_code == 201, response.text
    return str(response.json()["links"]["self"])


def id_of(path: str) -> str:
    """The id in the address of a record."""
    return path.rpartition("/")[2]


async def active_indicator(by: Caller, **more: Any) -> str:
    """The id of a published indicator."""
    path = await indicator(by, **more)
    assert (await by.step(path, "publish")).status_code == 200
    return id_of(path)


async def apply_periods(database: Database) -> None:
    """Takes all periods through the transitions that are due, by four workers at the same time."""
    is_left = True
    while is_left:
        await run_on(today(), apply_scheduled, database, workers=4)
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            is_left = bool(await lock_due(uow.connection, today()))


async def open_period(by: Caller, **more: Any) -> dict[str, Any]:
    """A period that is open until 2090."""
    found: dict[str, Any] = (await by.get(await period(by, **{"opens_on": "2020-01-01", **more}))).json()
    assert found["status"] == "open", found
    return found


async def end_period(by: Caller, path: str, *, locked: bool = False) -> None:
    """Closes the period, or also locks it."""
    days = {"due_on": "2020-01-02", "closes_on": "2020-01-03", "locks_on": "2020-01-04" if locked else None}
    ended = await by.change(path, **days)
    assert ended.json()["status"] == ("locked" if locked else "closed"), ended.text


async def subject(by: Caller, country: str = "XA", **more: Any) -> dict[str, Any]:
    """What a result of a country names: an active indicator, and an open period of its framework."""
    found = await open_period(by)
    indicator_id = await active_indicator(by, framework=found["framework"], **more)
    return {"indicator_id": indicator_id, "period_id": found["id"], "country": country, "method": "measured"}


async def result(by: Caller, body: dict[str, Any], **more: Any) -> str:
    """The address of a new draft, whose value is 10 unless the body has another one."""
    response = await by.post(RESULTS, {"value": "10", **body, **more})
    assert response.status_code == 201, response.text
    return str(response.json()["links"]["self"])


async def published(by: Caller, path: str, country: str = "xa", **fields: Any) -> dict[str, Any]:
    """The result, taken from draft to publication by its author, the country's client and an officer. `fields` are what
    `publish` takes."""
    government, officer = by.known_as(f"government_{country}"), by.known_as("officer")
    for who, verb in ((by, "submit"), (government, "approve"), (officer, "accept"), (government, "publish")):
        response = await who.step(path, verb, fields=fields if verb == "publish" else {})
        assert response.status_code == 200, response.text
    record: dict[str, Any] = response.json()
    return record


def side(*terms: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    """A side of a rule: terms, or the codes or ids of their indicators."""
    return {"terms": [{"indicator": term} if isinstance(term, str) else term for term in terms], **more}


def rule_body(left: Any, operator: str, right: Any, **more: Any) -> dict[str, Any]:
    """A rule whose violation is an error, of the framework unless `country` names one."""
    owner = {} if "country" in more else {"framework": FRAMEWORK}
    code = {"code": f"R-{uuid4().hex[:12]}", "titles": {"en": "Forest is land"}, "severity": "error"}
    return {**code, **owner, "left": left, "operator": operator, "right": right, **more}


async def rule(by: Caller, *given: Any, **more: Any) -> dict[str, Any]:
    """A new draft, from what `rule_body` takes."""
    response = await by.post(RULES, rule_body(*given, **more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def active_rule(by: Caller, *given: Any, **more: Any) -> dict[str, Any]:
    """A published rule."""
    made = await rule(by, *given, **more)
    published = await by.step(made["links"]["self"], "publish")
    assert published.status_code == 200, published.text
    return dict(published.json())
