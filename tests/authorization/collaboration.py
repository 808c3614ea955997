"""A country's assessments and requests for support, for the fixture of one country."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import asyncpg

from tests.support.centres import DOCUMENT

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture

Enter = Callable[..., Awaitable[dict[str, Any]]]


async def enter_collaboration(fixture: "CountryFixture", enter: Enter, superuser: asyncpg.Connection) -> None:
    """A record of each kind, after the programme with its period; `enter` creates one."""
    await _assessments(fixture, enter, superuser)
    await _tasks(fixture, enter)
    await _support_requests(fixture, enter, superuser)


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
    for plural in ("feeds", "calendars"):
        fixture.records[plural] = await enter(
            fixture, "actions", "calendars", country=fixture.country, programme_id=fixture.id("programmes")
        )


async def _support_requests(fixture: "CountryFixture", enter: Enter, superuser: asyncpg.Connection) -> None:
    """A request that is a draft again, with an offer that was accepted before and waits again."""
    word, place = {"en": fixture.word}, {"country": fixture.country, "visibility": "restricted"}
    document = {**DOCUMENT, "title": fixture.word}
    request = await enter(
        fixture, "actions", "support_requests", titles=word, need=word, kind="review", keywords=[fixture.word],
        codes=[{"scheme": fixture.word, "code": fixture.word}], documents=[document],
        programme_id=fixture.id("programmes"), **place,
    )  # fmt: skip
    become, peer = "UPDATE member_expert SET status = $2 WHERE id = $1", fixture.id("peers")
    put = "UPDATE action_support_request SET status = $2 WHERE id = $1"
    await superuser.execute(become, peer, "active")
    await superuser.execute(put, request["id"], "matching")
    path = f"support_requests/{request['id']}/offers"
    await enter(fixture, "actions", path, expert_id=peer, message=fixture.word)
    await superuser.execute("UPDATE action_offer SET accepted_on = '2026-01-01' WHERE id = $1", fixture.id("offers"))
    await superuser.execute(put, request["id"], "draft")
    await superuser.execute(become, peer, "prospect")
