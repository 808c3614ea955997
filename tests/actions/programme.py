"""Builders of a programme with its plan, actions and milestones, for any caller."""

from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
from httpx import Response

from tests.actions.neighbours import enter
from tests.support.callers import Caller

PROGRAMMES = "/actions/v1/programmes"
ACTIONS = "/actions/v1/actions"
MILESTONES = "/actions/v1/milestones"
DOCUMENT = {"title": "Field report", "date": "2026-06-01", "url": "https://example.org/report.pdf"}
PILLARS = ("action-1", "action-2", "action-3")
BASELINE = {"value": 12, "unit": "stations", "date": "2026"}


def made(response: Response) -> str:
    """The address of the created record."""
    assert response.status_code == 201, response.text
    address: str = response.json()["links"]["self"]
    return address


async def framework(by: Caller, **more: Any) -> str:
    """A new framework by the secretariat. Returns its code."""
    pillars = [{"key": f"action-{n}", "titles": {"en": f"Action {n}"}, "order": n} for n in (1, 2, 3)]
    body = {"core": {"titles": {"en": "Core"}}, "pillars": pillars, "valid_from": "2026-01-01", **more}
    code = f"T-{uuid4().hex[:12]}/2026"
    made(await by.known_as("admin").post("/actions/v1/frameworks", {"code": code, **body}))
    return code


async def programme(by: Caller, country: str = "XA", **more: Any) -> str:
    """A programme under a new framework, since a country has one living programme under each."""
    code = more.pop("framework", None) or await framework(by)
    return made(await by.post(PROGRAMMES, {"country": country, "framework": code, **more}))


async def approved(by: Caller, superuser: asyncpg.Connection, country: str = "XA", **more: Any) -> str:
    """A programme with an approved plan, with an action in each pillar."""
    await living_committee(superuser, country)
    if "centre_id" not in more:
        more["centre_id"] = str(await enter(superuser, "centre_centre", country=country, status="draft"))
    path = await programme(by, country, **more)
    for pillar in PILLARS:
        await action(by, path, pillar, baseline=BASELINE)
    await steps(by, path, "launch", "submit_plan", "approve")
    return path


async def living_committee(superuser: asyncpg.Connection, country: str) -> str:
    """The id of the country's living committee, which is entered if there is none."""
    lives = "SELECT id FROM centre_committee WHERE country = $1 AND status NOT IN ('dissolved', 'abandoned')"
    formed = {"status": "preparatory", "formed_on": date(2026, 3, 1), "visibility": "network"}
    found = await superuser.fetchval(lives, country)
    return str(found or await enter(superuser, "centre_committee", country=country, **formed))


async def action(by: Caller, programme_path: str, pillar: str, **more: Any) -> str:
    body = {"programme_id": programme_path.rsplit("/", 1)[1], "pillar": pillar, "titles": {"en": f"Work on {pillar}"}}
    return made(await by.post(ACTIONS, {**body, **more}))


async def milestone(by: Caller, action_path: str, **more: Any) -> str:
    body = {"action_id": action_path.rsplit("/", 1)[1], "titles": {"en": "First samples"}, "due": "2027-01-31"}
    return made(await by.post(MILESTONES, {**body, **more}))


async def steps(by: Caller, path: str, *actions: str, **more: Any) -> dict[str, Any]:
    """Requests the transitions in sequence. Returns the last response."""
    for name in actions:
        response = await by.step(path, name, **more)
        assert response.status_code == 200, f"{name}: {response.text}"
    record: dict[str, Any] = response.json()
    return record


async def refusal(by: Caller, path: str, name: str, **more: Any) -> str:
    """Why a transition is not possible now."""
    response = await by.step(path, name, **more)
    assert response.status_code == 409, response.text
    reason: str = response.json()["reason"]
    return reason
