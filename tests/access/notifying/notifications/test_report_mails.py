"""Mails of the Global Report leave: reminders to authors one by one, and new comments as one digest a day."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.access.notifying.notifications.sentences import sentence
from services.actions.global_report.contributions.operations import remind
from services.actions.settings import ActionsSettings
from shared.contracts.report import COMMENT_CREATED
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.access.notifying.notifications.people import People, arrived, news
from tests.access.notifying.notifications.test_review_rounds import entered_round
from tests.actions.neighbours import enter
from tests.support.callers import Caller
from tests.support.centres import entered
from tests.support.clock import run_on
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition, editor
from tests.support.mailbox import Mailbox, text_of

_LATER = "UPDATE access_notification SET mailed_at = mailed_at - interval '1 day' WHERE account_id = $1"
"""A day passes for the mails of an account."""
_AT = """
UPDATE core_outbox SET time = $2 WHERE id = (SELECT id FROM core_outbox WHERE subject = $1 ORDER BY id DESC LIMIT 1)
"""
"""The day of the last fact about a record: a notification is one a day."""


@pytest.fixture
async def actions_database(database_url: str) -> AsyncIterator[Database]:
    """The database role of actions, as in its worker."""
    opened = await Database.open(ActionsSettings(database_url=database_url).database_dsn(), size=1)
    yield opened
    await opened.close()


async def _written(
    people: People, actions: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, due: date
) -> tuple[UUID, dict[str, Any]]:
    """An author's account, and the author's draft with its last day."""
    account = await people.person()
    _, named = await author(actions, superuser, monkeypatch)
    await people.own(account, named["expert_id"])
    of = await edition(actions, "open_call")
    body = contribution_body(of, named, due=str(due))
    return account, await entered(editor(actions, of, monkeypatch), CONTRIBUTIONS, body)


async def _commented(
    people: People, superuser: asyncpg.Connection, text: dict[str, Any], of_round: UUID, number: int
) -> None:
    """A comment on a text, of which access learns."""
    said = {"country": None, "visibility": "restricted", "status": "open", "kind": "substance", "chapter": "soils"}
    named = {"edition_id": UUID(text["edition_id"]), "contribution_id": UUID(text["id"]), "round_id": of_round}
    key = await enter(superuser, "action_comment", **said, **named, number=number)
    ref = await superuser.fetchval("SELECT ref FROM action_comment WHERE id = $1", key)
    links = {"self": f"/actions/v1/comments/{key}"}
    await people.announce(COMMENT_CREATED, {"id": str(key), "ref": ref, "version": 1, "country": None, "links": links})


@pytest.mark.long("waits for five mails")
async def test_authors_are_mailed_14_3_and_0_days_before_and_weekly_when_late(
    people: People,
    actions: Caller,
    actions_database: Database,
    posted: Mailbox,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    due = today() + timedelta(days=20)
    account, text = await _written(people, actions, superuser, monkeypatch, due)
    address, said = people.address(account), []
    for day in range(-16, 16):
        for _ in range(2):
            await run_on(due + timedelta(days=day), remind, actions_database)
        count = await superuser.fetchval("SELECT count(*) FROM core_outbox WHERE subject = $1", UUID(text["id"]))
        if count - 1 == len(said):
            continue
        said.append(day)
        noon = datetime.combine(due + timedelta(days=day), time(12), UTC)
        await superuser.execute(_AT, UUID(text["id"]), noon)
        await superuser.execute(_LATER, account)
        await people.deliver(text["id"])
        await people.run("mail_gathered")
        mails = await arrived(posted, address, len(said))
        assert len(mails) == len(said)
        event = "contribution.deadline_near" if day <= 0 else "contribution.deadline_passed"
        assert sentence(event, "en") in text_of(mails[-1])
        assert text["ref"] in mails[-1]["Subject"] + text_of(mails[-1])
    assert said == [-14, -3, 0, 7, 14]


@pytest.mark.long("looks for the work of each person of other tests")
async def test_new_comments_are_one_digest_a_day(
    people: People,
    actions: Caller,
    posted: Mailbox,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await people.no_jobs()
    account, text = await _written(people, actions, superuser, monkeypatch, today() + timedelta(days=20))
    address = people.address(account)
    of_round = await entered_round(superuser, "open", text)
    for number in (1, 2, 3):
        await _commented(people, superuser, text, of_round, number)
    assert await people.events(account) == ["comment.created"] * 3
    for _ in range(2):
        await people.run("mail_gathered")
        await people.run("mail_digests")
        await people.no_jobs()
    (digest,) = news(posted, address)
    assert text_of(digest).count(sentence("comment.created", "en")) == 3
    await superuser.execute(_LATER, account)
    await _commented(people, superuser, text, of_round, 4)
    await people.run("mail_digests")
    (_, second) = await arrived(posted, address, 2)
    assert text_of(second).count(sentence("comment.created", "en")) == 1
