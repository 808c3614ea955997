"""Every recipient ends with one outcome, and nobody gets a second mail."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.mailing.broadcasts import domain, sending
from services.membership.mailing.broadcasts.sending import Settlement
from services.membership.protection.erasures.removal import ROWS
from services.membership.protection.privacy.queries import rows_of
from services.membership.worker import SCHEDULES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.records.erasing import erase
from tests.membership.conftest import working
from tests.membership.mailing.outreach.conftest import Office, losing_replies
from tests.support.mailbox import Mailbox, text_of
from tests.support.waiting import eventually


async def test_each_recipient_gets_one_mail_in_their_language(office: Office, posted: Mailbox) -> None:
    _, french = await office.expert(languages=["fr"])
    _, other = await office.expert(languages=["ru"])
    refusing, refused = await office.expert()
    await office.expert(consents=False)
    posted.at_address = lambda address: "550 no such mailbox" if address == refused else None
    both = {"subjects": {"en": "May", "fr": "Mai"}, "texts": {"en": "It begins.", "fr": "Il commence."}}
    path = await office.started(**both)
    counts = await office.sent(path)
    assert (counts["total"], counts["sent"], counts["refused"], counts["excluded_for"]) == (4, 2, 1, {"no_consent": 1})
    assert [(len(posted.to(address)), posted.asked.count(address)) for address in (french, other, refused)] == [
        (1, 1), (1, 1), (0, 1),
    ]  # fmt: skip
    (mail,) = posted.to(french)
    assert (mail["Subject"], mail["Content-Language"], mail["Auto-Submitted"]) == ("Mai", "fr", "auto-generated")
    assert "Il commence." in text_of(mail)
    assert posted.to(other)[0]["Content-Language"] == "en"
    listed = await office.recipients(path)
    assert {one["outcome"] for one in listed} == {"sent", "refused", "excluded"}
    (only,) = await office.recipients(path, "?outcome=refused")
    assert only["expert_id"] == refusing["id"]
    assert f"<{next(one for one in listed if one['language'] == 'fr')['id']}@" in mail["Message-ID"]
    first = (await office.admin.get(f"{path}/recipients?limit=3")).json()
    rest = (await office.admin.get(first["next"])).json()
    assert [*first["items"], *rest["items"]] == listed


async def test_a_mail_of_the_service_needs_no_consent_and_has_no_link(office: Office, posted: Mailbox) -> None:
    _, address = await office.expert(consents=False)
    assert (await office.sent(await office.started(purpose="service")))["sent"] == 1
    (mail,) = posted.to(address)
    assert mail["List-Unsubscribe"] is None
    assert "unsubscribe" not in text_of(mail)


async def test_who_withdraws_after_the_start_gets_no_mail(
    office: Office, posted: Mailbox, superuser: asyncpg.Connection
) -> None:
    one, address = await office.expert(consents=False)
    consent = await office.consent(one)
    path = await office.started(per_minute=600, send_at="2020-01-01T00:00:00Z")
    await office.sent(path)
    again = await office.draft()
    assert (await office.second.step(again, "approve")).status_code == 200
    assert (await office.admin.step(again, "start")).status_code == 200
    assert (await office.admin.step(again, "pause")).status_code == 200
    assert (await office.admin.step(consent, "withdraw")).status_code == 200
    assert (await office.admin.step(again, "resume")).status_code == 200
    counts = await office.sent(again)
    assert counts["total"] == 1
    assert counts["sent"] + counts["excluded"] == 1
    assert len(posted.to(address)) == 1 + counts["sent"]


async def test_a_cancelled_broadcast_excludes_the_rest(
    office: Office, posted: Mailbox, superuser: asyncpg.Connection
) -> None:
    for _ in range(4):
        await office.expert()
    path = await office.started(per_minute=1)
    await office.until(path, lambda found: found["outcomes"]["sent"] == 1)
    assert (await office.admin.step(path, "pause")).json()["status"] == "paused"
    assert (await office.admin.step(path, "cancel")).json()["status"] == "cancelled"
    ended = await office.until(path, lambda found: found["outcomes"]["queued"] == 0)
    assert (ended["outcomes"]["sent"], ended["outcomes"]["excluded_for"]) == (1, {"cancelled": 3})
    assert (await office.admin.step(path, "resume")).status_code == 409


async def _due(superuser: asyncpg.Connection, path: str) -> None:
    """Makes what the mail server has put off due, and ends the pause after it."""
    await superuser.execute(
        "UPDATE member_broadcast_recipient SET due_at = now(), tried_at = tried_at - interval '2 minutes'"
        " WHERE broadcast_id = $1 AND outcome = 'queued'",
        UUID(path.rpartition("/")[2]),
    )


async def test_a_mail_that_is_put_off_slows_down_and_is_sent_later(
    office: Office, posted: Mailbox, database: Database, superuser: asyncpg.Connection
) -> None:
    addresses = [(await office.expert())[1] for _ in range(3)]
    posted.at_address = lambda address: "451 later" if address in addresses else None
    path = await office.started()
    rows = "SELECT outcome, delays FROM member_broadcast_recipient WHERE broadcast_id = $1 ORDER BY delays DESC"
    key = UUID(path.rpartition("/")[2])

    async def put_off() -> list[asyncpg.Record] | None:
        found = await superuser.fetch(rows, key)
        return found if [row["delays"] for row in found][:1] == [1] else None

    found = await eventually(put_off)
    assert [(row["outcome"], row["delays"]) for row in found] == [("queued", 1), ("queued", 0), ("queued", 0)]
    assert len([address for address in posted.asked if address in addresses]) == 1, "nothing more for a minute"
    posted.at_address = lambda _address: None
    await _due(superuser, path)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["send_broadcasts"].run(uow)
    counts = await office.sent(path)
    assert (counts["total"], counts["sent"]) == (3, 3)
    assert [len(posted.to(address)) for address in addresses] == [1, 1, 1]


async def test_a_mail_whose_reply_is_lost_is_not_sent_again(
    office: Office, mailbox: Mailbox, database_url: str, redis_url: str
) -> None:
    """The server takes the mail and ends the connection instead of replying."""
    _, address = await office.expert()
    async with losing_replies(mailbox) as url, working(database_url, redis_url, url):
        counts = await office.sent(await office.started())
        assert (counts["total"], counts["unknown"]) == (1, 1)
        _, other = await office.expert()
        again = await office.sent(await office.started())
    assert again["unknown"] == 2
    assert (len(mailbox.to(address)), len(mailbox.to(other))) == (2, 1), "one of each broadcast"


async def test_what_an_ended_job_has_taken_is_unknown(
    office: Office, database: Database, superuser: asyncpg.Connection
) -> None:
    for _ in range(3):
        await office.expert()
    path, job = await office.started(), uuid4()
    key = UUID(path.rpartition("/")[2])

    async def take(with_job: UUID) -> sending.Outgoing:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            taken = await sending.take(uow, with_job, key)
        assert taken is not None
        return taken

    taken = await take(job)
    running = (await office.read(path))["outcomes"]
    assert (running["queued"], running["sending"]) == (2, 1)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await sending.begin(uow, uuid4())
    lost = (await office.read(path))["outcomes"]
    assert (lost["queued"], lost["unknown"]) == (2, 1)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await sending.settle(uow, job, Settlement(taken, domain.SENT))
    assert (await office.read(path))["outcomes"] == lost, "the attempt has lost it"
    assert (await take(job)).id != taken.id


async def test_a_minute_has_its_number_of_mails(office: Office, database: Database) -> None:
    for _ in range(3):
        await office.expert()
    path, job = await office.started(per_minute=2), uuid4()
    taken = []
    for _ in range(3):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            taken.append(await sending.take(uow, job, UUID(path.rpartition("/")[2])))
    assert [one is not None for one in taken] == [True, True, False]


@pytest.mark.parametrize(("delays", "minutes"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (29, 60)])
def test_delays_grow(delays: int, minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert domain.next_try(delays, at) == at + timedelta(minutes=minutes)


@pytest.mark.long("sends a whole broadcast")
async def test_the_counts_of_an_old_broadcast_stay(
    office: Office, posted: Mailbox, database: Database, superuser: asyncpg.Connection
) -> None:
    await office.expert()
    await office.expert(consents=False)
    path, recent = await office.started(), await office.started()
    counts = await office.sent(path)
    await office.sent(recent)
    ended = now() - domain.RETENTION - timedelta(days=1)
    await superuser.execute(
        "UPDATE member_broadcast SET updated_at = $2 WHERE id = $1", UUID(path.rpartition("/")[2]), ended
    )
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["delete_old_recipients"].run(uow)
    assert (await office.read(path))["outcomes"] == counts
    assert [len(await office.recipients(one)) for one in (path, recent)] == [0, 2]


async def test_an_export_about_a_person_and_an_erasure_include_their_broadcasts(
    office: Office, posted: Mailbox, database: Database, superuser: asyncpg.Connection
) -> None:
    expert, _ = await office.expert()
    other, _ = await office.expert()
    path = await office.started()
    await office.sent(path)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        exported = [row async for row in rows_of(uow.connection, "broadcasts", [UUID(expert["id"])])]
        assert [row["outcome"] for row in exported] == ["sent"]
        counts = await erase(uow, {"broadcasts": ROWS["broadcasts"]}, [UUID(expert["id"])])
    assert counts == {"broadcasts": 1}
    assert [one["expert_id"] for one in await office.recipients(path)] == [other["id"]]
    assert (await office.read(path))["outcomes"]["total"] == 1
