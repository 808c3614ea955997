"""Assessments and what they are about, for tests by any caller."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from shared.kernel.clock import today
from tests.actions.programme import action, framework, milestone, programme
from tests.support.callers import Caller

ASSESSMENTS = "/actions/v1/assessments"
PERIODS = "/actions/v1/periods"


async def period(by: Caller, of: str) -> str:
    """The id of a new period of a framework, by the secretariat."""
    year = 2000 + uuid4().int % 90
    days = {
        "starts": f"{year}-01-01",
        "ends": f"{year}-12-31",
        "opens_on": "2026-01-01",
        "due_on": "2099-01-31",
        "closes_on": "2099-02-28",
    }
    made = await by.known_as("admin").post(PERIODS, {"framework": of, "code": str(year), **days})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def subjects(by: Caller, country: str = "XA") -> tuple[dict[str, str], str]:
    """The ids of a new programme, its action and its milestone, by kind; and that of a period of their framework."""
    code = await framework(by)
    plan = await programme(by, country, framework=code)
    work = await action(by, plan, "action-1")
    found = {"programme": plan, "action": work, "milestone": await milestone(by, work)}
    return {kind: path[-36:] for kind, path in found.items()}, await period(by, code)


def body(kind: str, key: str, of_period: str, **more: Any) -> dict[str, Any]:
    """An assessment that somebody made today."""
    return {
        "subject": {"kind": kind, "id": key},
        "period_id": of_period,
        "completion": "limited",
        "assessor": {"name": "Iris Independent", "organisation": "Institute of Evaluation"},
        "text": {"en": "Three of nine stations measure."},
        "date": str(today()),
        **more,
    }


async def assessment(by: Caller, kind: str, key: str, of_period: str, **more: Any) -> str:
    """The address of a new draft."""
    made = await by.post(ASSESSMENTS, body(kind, key, of_period, **more))
    assert made.status_code == 201, made.text
    return str(made.json()["links"]["self"])


async def pass_reply_time(superuser: asyncpg.Connection, path: str) -> None:
    """Makes yesterday the last day of the time for a reply."""
    yesterday: date = today() - timedelta(days=1)
    await superuser.execute("UPDATE action_assessment SET reply_due = $2 WHERE id = $1", path[-36:], yesterday)
