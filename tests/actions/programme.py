"""Builders: a programme with its plan, actions and milestones, by any caller."""

from typing import Any

from httpx import Response

from tests.support.callers import Caller

PROGRAMMES = "/actions/v1/programmes"
ACTIONS = "/actions/v1/actions"
MILESTONES = "/actions/v1/milestones"
DOCUMENT = {"title": "Field report", "date": "2026-06-01", "url": "https://example.org/report.pdf"}
BASELINE = {"value": 12, "unit": "stations", "date": "2026"}


def made(answer: Response) -> str:
    """The address of what was created."""
    assert answer.status_code == 201, answer.text
    address: str = answer.json()["links"]["self"]
    return address


async def programme(by: Caller, country: str = "XA", **more: Any) -> str:
    return made(await by.post(PROGRAMMES, {"country": country, "framework": "3+1/2026", **more}))


async def action(by: Caller, programme_path: str, pillar: str, **more: Any) -> str:
    body = {"programme_id": programme_path.rsplit("/", 1)[1], "pillar": pillar, "titles": {"en": f"Work on {pillar}"}}
    return made(await by.post(ACTIONS, {**body, **more}))


async def milestone(by: Caller, action_path: str, **more: Any) -> str:
    body = {"action_id": action_path.rsplit("/", 1)[1], "titles": {"en": "First samples"}, "due": "2027-01-31"}
    return made(await by.post(MILESTONES, {**body, **more}))


async def steps(by: Caller, path: str, *actions: str, **more: Any) -> dict[str, Any]:
    """Takes the steps one after the other; the last answer."""
    for name in actions:
        answer = await by.step(path, name, **more)
        assert answer.status_code == 200, f"{name}: {answer.text}"
    record: dict[str, Any] = answer.json()
    return record


async def refusal(by: Caller, path: str, name: str, **more: Any) -> str:
    """Why a step is not possible now."""
    answer = await by.step(path, name, **more)
    assert answer.status_code == 409, answer.text
    reason: str = answer.json()["reason"]
    return reason
