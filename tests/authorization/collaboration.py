"""A country's assessments, tasks and calendars, for the fixture of one country."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.support.centres import DOCUMENT

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder

Enter = Callable[..., Awaitable[dict[str, Any]]]


async def enter_collaboration(seeder: "Seeder", fixture: "CountryFixture") -> None:
    """A record of each kind, after the programme with its period."""
    await _assessments(fixture, seeder.enter, seeder.superuser)
    await _tasks(fixture, seeder.enter)


async def _assessments(fixture: "CountryFixture", enter: Enter, superuser: asyncpg.Connection) -> None:
    """An assessment of the programme that waits for a reply."""
    subject = {"kind": "programme", "id": fixture.id("programmes")}
    made = await enter(
        fixture, "actions", "assessments", subject=subject, period_id=fixture.id("periods"), completion="limited",
        assessor={"name": fixture.word}, text={"en": fixture.word}, date="2026-03-01", visibility="restricted",
        evidence=[{**DOCUMENT, "title": fixture.word}],
    )  # fmt: skip
    submit = "UPDATE action_assessment SET status = 'submitted', reply_due = '2090-01-01' WHERE id = $1"
    await superuser.execute(submit, made["id"])


async def _tasks(fixture: "CountryFixture", enter: Enter) -> None:
    """A task of the focal points about the meeting, with a comment, and two calendars, one of which a test may end."""
    word, about = {"en": fixture.word}, {"kind": "meeting", "id": fixture.id("meetings")}
    task = await enter(
        fixture, "actions", "tasks", country=fixture.country, titles=word, text=word, due="2090-01-01", about=about,
        owner={"role": "government_focal_point"},
    )  # fmt: skip
    await enter(fixture, "actions", f"tasks/{task['id']}/comments", text=fixture.word)
    fixture.records["task_comments"] = fixture.records.pop("comments")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "services.actions.coordination.calendars.domain.MOST", 1_000
        )  # one caller enters those of all countries
        for plural in ("feeds", "calendars"):
            fixture.records[plural] = await enter(
                fixture, "actions", "calendars", country=fixture.country, programme_id=fixture.id("programmes")
            )
