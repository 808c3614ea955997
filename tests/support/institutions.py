"""Builders of institutions, and common transitions."""

from typing import Any

from tests.support.callers import Caller
from tests.support.membership import INSTITUTIONS

ROR = "https://ror.org/02mhbdp94"


def institution(name: str = "University of Zelmar", **more: Any) -> dict[str, Any]:
    """A body for POST /institutions: an invented institution of XA."""
    return {"names": [{"value": name, "language": "en", "types": ["ror_display"]}], "country": "XA", **more}


async def submitted(caller: Caller, name: str = "University of Zelmar", **more: Any) -> dict[str, Any]:
    """The institution in the response to its creation."""
    response = await caller.post(INSTITUTIONS, institution(name, **more))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def verified(caller: Caller, name: str = "University of Zelmar", **more: Any) -> dict[str, Any]:
    """An institution that was submitted and verified."""
    created = await submitted(caller, name, **more)
    response = await caller.step(f"{INSTITUTIONS}/{created['id']}", "verify")
    assert response.status_code == 200, response.text
    return dict(response.json())
