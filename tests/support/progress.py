"""Progress reports with their templates, for tests by any caller."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.clock import today
from tests.actions.programme import framework, made, programme
from tests.support.callers import CALLERS, Caller, grant, person

REPORTS = "/actions/v1/reports"
TEMPLATES = "/actions/v1/report_templates"
PERIODS = "/actions/v1/periods"


def question(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A question; required unless it is said to be not."""
    return {"key": key, "titles": {"en": key.capitalize()}, "type": kind, "required": True, **more}


def section(key: str, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A section of a template."""
    return {"key": key, "titles": {"en": key.capitalize()}, "questions": list(questions), **more}


SECTIONS = (
    section("summary", question("achieved", prefill=True, public=True)),
    section("outlook", question("risks", required=False)),
)


async def template(by: Caller, code: str, sections: Sequence[dict[str, Any]] = SECTIONS, **more: Any) -> str:
    """The id of a template in force for the framework of this code."""
    admin = by.known_as("admin")
    body = {"framework": code, "version": "1", "titles": {"en": "Report"}, "sections": list(sections), **more}
    path = made(await admin.post(TEMPLATES, body))
    assert (await admin.step(path, "activate")).status_code == 200
    return path[-36:]


async def period(by: Caller, code: str, year: int = 2026, **more: Any) -> str:
    """The id of a period of the framework of this code, which is due in 90 days."""
    days = {
        "starts": f"{year}-01-01",
        "ends": f"{year}-12-31",
        "opens_on": str(today()),
        "due_on": str(today() + timedelta(days=90)),
        "closes_on": str(today() + timedelta(days=400)),
    }
    body = {"framework": code, "code": str(year), **days, **more}
    return made(await by.known_as("admin").post(PERIODS, body))[-36:]


class Reporting:
    """A programme of a country under a framework of its own, with a template and a period."""

    def __init__(self, by: Caller, code: str, programme_id: str, period_id: str) -> None:
        self.by, self.code, self.programme_id, self.period_id = by, code, programme_id, period_id

    @classmethod
    async def begun(
        cls, by: Caller, country: str = "XA", sections: Sequence[dict[str, Any]] = SECTIONS, **more: Any
    ) -> "Reporting":
        admin = by.known_as("admin")
        code = await framework(admin)
        await template(admin, code, sections)
        path = await programme(admin, country, framework=code, visibility="network")
        return cls(by, code, path[-36:], await period(admin, code, **more))

    async def report(self, **more: Any) -> str:
        """The address of a new report."""
        body = {"programme_id": self.programme_id, "period_id": self.period_id, **more}
        return made(await self.by.post(REPORTS, body))

    async def submitted(self, **more: Any) -> str:
        """The address of a report that was submitted."""
        path = await self.report(**more)
        await write(self.by, path, "summary", achieved="Twelve stations are at work.")
        assert (await self.by.step(path, "submit")).status_code == 200
        return path


async def write(by: Caller, path: str, key: str, **answers: Any) -> dict[str, Any]:
    """Answers questions of a section."""
    response = await by.change(f"{path}/sections/{key}", answers=answers)
    assert response.status_code == 200, response.text
    written: dict[str, Any] = response.json()
    return written


async def publish(by: Caller, path: str, **fields: Any) -> dict[str, Any]:
    """Takes a submitted report to its publication. `fields` are what `publish` takes."""
    for name, action, given in (("officer", "take", {}), ("officer", "clear", {}), ("admin", "publish", fields)):
        response = await by.known_as(name).step(path, action, fields=given)
        assert response.status_code == 200, response.text
    published: dict[str, Any] = response.json()
    return published


def as_delegate(by: Caller, path: str, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A person with the role that a delegation gives over the report, and no other."""
    name = f"delegate of {path[-36:]}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("national_author", "record", path[-36:])))
    return by.known_as(name)


def as_reviewer(by: Caller, path: str, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A reviewer of the report."""
    name = f"reviewer of {path[-36:]}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("reviewer", "record", path[-36:])))
    return by.known_as(name)
