"""Indicators for tests, by any caller."""

from typing import Any
from uuid import uuid4

from tests.support.callers import Caller

INDICATORS = "/actions/v1/indicators"
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
