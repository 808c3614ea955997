"""Indicators and periods for tests, by any caller."""

from typing import Any
from uuid import uuid4

from tests.actions.programme import framework
from tests.support.callers import Caller

INDICATORS = "/actions/v1/indicators"
PERIODS = "/actions/v1/periods"
TARGETS = "/actions/v1/targets"
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
