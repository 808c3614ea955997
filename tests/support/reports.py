"""A designated centre and the reports that it owes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import Members, agreed, endorsed, entered, recommended, sections, stepped, unused_country

REPORTS, TEMPLATES = "/centres/v1/annual_reports", "/centres/v1/report_templates"
ANSWERED = {"answers": {"summary": "Twelve stations", "needs": "A boat"}, "figures": {"staff": 12}}
Record: TypeAlias = dict[str, Any]
Callers: TypeAlias = Callable[[str | None], Caller]


class ReportingCentre:
    """A designated centre, its officer, and the reports that it owes."""

    def __init__(self, admin: Caller, officer: Caller, record: Record) -> None:
        self.admin, self.officer, self.record = admin, officer, record

    async def reports(self, by: Caller | None = None) -> list[Record]:
        found = await (by or self.admin).get(f"{REPORTS}?centre_id={self.record['id']}&sort=due")
        assert found.status_code == 200, found.text
        items: list[Record] = found.json()["items"]
        return items

    async def started(self, number: int = 1) -> Record:
        return await stepped(self.officer, (await self.reports())[number - 1], "start")

    async def accepted(self, number: int = 1, **more: Any) -> Record:
        made = await self.started(number)
        changed = await self.officer.change(made["links"]["self"], **{**ANSWERED, **more})
        assert changed.status_code == 200, changed.text
        return await stepped(self.admin, await stepped(self.officer, changed.json(), "submit"), "accept")

    def caller(self, monkeypatch: pytest.MonkeyPatch, role: str, scope: str = "centre") -> Caller:
        """A new person with a role over the centre, or over its country."""
        name = f"{role} {uuid4()}"
        over = self.record["id" if scope == "centre" else "country"]
        monkeypatch.setitem(CALLERS, name, person(name, grant(role, scope, over)))  # type: ignore[arg-type]
        return self.admin.known_as(name)


async def asked(admin: Caller, **more: Any) -> Record:
    """Questions in force."""
    body = {"kind": "annual_report", "version": uuid4().hex, "titles": {"en": "Year"}, "sections": sections(), **more}
    return await stepped(admin, await entered(admin, TEMPLATES, body), "activate")


async def designated(
    admin: Caller, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> ReportingCentre:
    """A centre that was designated two years ago for four years."""
    country = more.pop("country", None) or unused_country()
    made = await recommended(admin, members, country, visibility="public", **more)
    await agreed(admin, made)
    await endorsed(superuser, country, level=2)
    begun = today() - timedelta(days=730)
    fields = {"starts": begun.isoformat(), "ends": (begun + timedelta(days=1460)).isoformat()}
    made = await stepped(admin, made, "designate", fields=fields)
    name = f"officer {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("secretariat_officer", "country", country)))  # type: ignore[arg-type]
    return ReportingCentre(admin, admin.known_as(name), made)
