"""Builders of membership bodies, and common transitions."""

from typing import Any

from tests.support.callers import Caller

EXPERTS = "/membership/v1/experts"
INSTITUTIONS = "/membership/v1/institutions"


def expert(**more: Any) -> dict[str, Any]:
    """A body for POST /experts: an invented person of XA."""
    return {"names": [{"given": "Amina", "family": "Varga"}], "country": "XA", **more}


async def entered(caller: Caller, **more: Any) -> dict[str, Any]:
    """The expert in the response to its creation."""
    response = await caller.post(EXPERTS, expert(**more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def activated(caller: Caller, **more: Any) -> dict[str, Any]:
    """An expert taken from prospect to active."""
    created = await entered(caller, **{"emails": [{"value": "amina@example.org"}], **more})
    path = f"{EXPERTS}/{created['id']}"
    for action in ("invite", "apply", "start_review", "approve"):
        response = await caller.step(path, action)
        assert response.status_code == 200, response.text
    return dict(response.json())
