"""A notification is mailed once where its person wants it: at once, in one digest a day, or not at all."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from services.access.notifying.notifications.operations import mail_waiting
from services.access.notifying.notifications.sentences import sentence
from services.access.settings import AccessSettings
from services.access.worker import SCHEDULES
from shared.contracts.kinds import record_page
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.text import LANGUAGES
from shared.mail.sealing import MailSeal
from tests.access.notifying.notifications.people import People, arrived, news, under_review
from tests.support.callers import Caller
from tests.support.centres import stepped
from tests.support.mailbox import Mailbox, text_of

_IS_BLOCKED = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
"""
_SET = "UPDATE access_account SET {} WHERE id = $1"


async def _prefer(people: People, account: UUID, **preferences: str) -> None:
    statement = _SET.format("notifications = $2")
    await people.superuser.execute(statement, account, orjson.dumps(preferences).decode())


async def _barrier(people: People, members: Caller, mailbox: Mailbox) -> None:
    """Waits for the mails of a later notification, by which time the earlier ones are sent or never will be."""
    account, record = await under_review(people, members)
    await people.deliver(record["id"])
    await arrived(mailbox, people.address(account), 3)


async def test_each_notification_is_mailed_once_in_the_language_of_the_account(
    people: People, members: Caller, posted: Mailbox, settings: AccessSettings
) -> None:
    sent: dict[str, Any] = {}
    for language in LANGUAGES:
        account, record = await under_review(people, members)
        await people.superuser.execute(_SET.format("language = $2"), account, language)
        await people.deliver(record["id"], times=3)
        sent[language] = account, record
    for language, (account, record) in sent.items():
        mails = await arrived(posted, people.address(account), 3)
        events = ("expert.applied", "expert.info_requested", "expert.under_review")
        texts = [next(mail for mail in mails if sentence(event, language) in text_of(mail)) for event in events]
        assert len(mails) == len({mail["Message-ID"] for mail in texts}) == 3
        link = record_page(settings.issuer, language, "membership.experts", record["id"])
        for mail in mails:
            assert mail["Content-Language"] == language
            assert record["ref"] in mail["Subject"]
            assert link in text_of(mail)
            shown = mail.get_body(("html",))
            assert shown is not None
            assert f'dir="{"rtl" if language == "ar" else "ltr"}"' in shown.get_content()
            assert f'href="{link}"' in shown.get_content()


@pytest.mark.long("looks for the work of each person of other tests")
async def test_a_digest_on_wish_is_one_mail_a_day(people: People, members: Caller, posted: Mailbox) -> None:
    await people.no_jobs()
    account, record = await under_review(people, members)
    await _prefer(people, account, expert_application="digest", expert_term="none")
    await people.deliver(record["id"])
    active = await stepped(members, record, "approve")
    await stepped(members, active, "suspend", reason="A pause")
    await people.deliver(record["id"])
    address = people.address(account)
    for _ in range(3):
        await people.run("mail_digests")
        await people.no_jobs()
    (digest,) = news(posted, address)
    text = text_of(digest)
    assert all(
        sentence(f"expert.{state}", "en") in text
        for state in ("applied", "info_requested", "under_review", "activated")
    )
    assert sentence("expert.suspended", "en") not in text
    assert text.index(sentence("expert.activated", "en")) < text.index(sentence("expert.applied", "en"))
    assert len(await people.events(account)) == 5
    await stepped(members, active, "reinstate")
    await people.run("mail_digests")
    await people.no_jobs()
    assert len(news(posted, address)) == 1


def test_digests_are_planned_once_a_day() -> None:
    assert SCHEDULES["mail_digests"].every == timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "is_notified"),
    [("email_verified = false", True), ("status = 'suspended'", False), ("status = 'closed'", False)],
)
async def test_only_verified_addresses_of_active_accounts_get_mails(
    people: People, members: Caller, posted: Mailbox, change: str, is_notified: bool
) -> None:
    account, record = await under_review(people, members)
    await people.superuser.execute(_SET.format(change), account)
    await people.deliver(record["id"])
    assert bool(await people.events(account)) is is_notified
    await _barrier(people, members, posted)
    assert news(posted, people.address(account)) == []


async def test_a_person_who_wants_no_mail_has_the_notification(
    people: People, members: Caller, posted: Mailbox
) -> None:
    account, record = await under_review(people, members)
    await _prefer(people, account, expert_application="none")
    await people.deliver(record["id"])
    assert len(await people.events(account)) == 3
    await _barrier(people, members, posted)
    assert news(posted, people.address(account)) == []


async def test_a_notification_is_mailed_though_it_is_read_at_that_moment(
    people: People, members: Caller, settings: AccessSettings, database_url: str
) -> None:
    account, record = await under_review(people, members)
    await people.deliver(record["id"])
    reader = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    waiting = "SELECT count(*) FROM access_notification WHERE account_id = $1 AND mail = 'mail' AND mailed_at IS NULL"

    async def mail() -> None:
        async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
            await mail_waiting(uow, MailSeal(settings), settings.issuer)

    async with reader.transaction():
        await reader.execute("UPDATE access_notification SET read_at = now() WHERE account_id = $1", account)
        mailing = asyncio.create_task(mail())
        while not mailing.done() and not await people.superuser.fetchval(_IS_BLOCKED):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.02)
    await mailing
    assert await reader.fetchval(waiting, account) == 0
    await reader.close()


async def test_a_person_whose_erasure_is_open_gets_no_mail_before_it_is_cancelled(
    people: People, members: Caller, posted: Mailbox
) -> None:
    account, record = await under_review(people, members)
    path, address = record["links"]["self"], people.address(account)
    made = await members.post(f"{path}/erasure", {"reason": "By letter."})
    erasure = made.json()["links"]["self"]
    confirmed = await members.known_as("admin2").step(erasure, "confirm")
    assert confirmed.status_code == 200, confirmed.text
    await stepped(members, record, "approve")
    await people.deliver(record["id"])
    assert "expert.activated" in await people.events(account)
    await _barrier(people, members, posted)
    assert news(posted, address) == []
    assert (await members.step(erasure, "cancel")).status_code == 200
    await people.deliver(record["id"])
    (mail,) = await arrived(posted, address, 1)
    assert sentence("expert.restriction_lifted", "en") in text_of(mail)
