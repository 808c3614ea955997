"""Builders of membership bodies, and common transitions."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from shared.kernel.clock import today
from tests.support.callers import Caller

EXPERTS = "/membership/v1/experts"
INSTITUTIONS = "/membership/v1/institutions"
CONGRESSES = "/membership/v1/congresses"
PARTICIPATIONS = "/membership/v1/participations"


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


def congress(**more: Any) -> dict[str, Any]:
    """A body for POST /congresses: an invented congress in XA that began yesterday."""
    begun = (today() - timedelta(days=1)).isoformat()
    code = f"F-{uuid4().hex[:12].upper()}"
    return {"code": code, "titles": {"en": "Forum"}, "starts": begun, "mode": "onsite", "country": "XA", **more}


async def planned(caller: Caller, **more: Any) -> dict[str, Any]:
    """The congress in the response to its creation."""
    response = await caller.post(CONGRESSES, congress(**more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def registered(caller: Caller, congress: str, expert: str, **more: Any) -> dict[str, Any]:
    """The participation in the response to its creation."""
    response = await caller.post(PARTICIPATIONS, {"congress_id": congress, "expert_id": expert, **more})
    assert response.status_code == 201, response.text
    return dict(response.json())
