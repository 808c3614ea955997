"""People hear of what waits for a step of theirs: once a day, at once, or not by mail; and of the roles they get."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from services.access.notifying.notifications.deliveries import delivery_of, is_gathered
from services.access.notifying.notifications.domain import WAITING, Notice
from services.access.notifying.notifications.sentences import sentence
from services.access.notifying.notifications.waiting import begins_to_wait
from shared.contracts.kinds import record_page
from shared.kernel.clock import now, today
from tests.access.notifying.notifications.people import People, arrived, news
from tests.support.callers import Caller
from tests.support.centres import entered, stepped, unused_country
from tests.support.mailbox import Mailbox, text_of
from tests.support.membership import EXPERTS, expert
from tests.support.tasks import task
from tests.support.waiting import eventually

_WAITING = "work_list.waiting"
_OFFICE = "secretariat_officer"


async def _officer(people: People, country: str, **preferences: str) -> UUID:
    """An officer of a country, with these preferences."""
    account = await people.person()
    await people.holds(account, _OFFICE, "country", country)
    await people.superuser.execute(
        "UPDATE access_account SET notifications = $2 WHERE id = $1", account, orjson.dumps(preferences).decode()
    )
    return account


async def _applied(members: Caller, country: str) -> dict[str, Any]:
    """An application, which the office of the country has."""
    body = expert(country=country, emails=[{"value": f"{uuid4().hex}@example.org"}])
    record = await stepped(members, await entered(members, EXPERTS, body), "invite")
    return await stepped(members, record, "apply")


async def _announced(people: People, account: UUID, count: int) -> None:
    """Waits until the work of an account was announced so many times."""

    async def is_there() -> bool:
        return (await people.events(account)).count(_WAITING) == count

    await eventually(is_there)


@pytest.mark.parametrize(
    ("preferences", "delivery"),
    [({}, "digest"), ({"work_list": "mail"}, "mail"), ({"work_list": "none"}, "none"), ({"task": "mail"}, "digest")],
)
def test_what_waits_is_in_a_digest_unless_somebody_chooses(preferences: dict[str, str], delivery: str) -> None:
    assert delivery_of(preferences, WAITING) == delivery
    assert delivery_of({}, Notice("task", "task.created", ())) == "mail"


@pytest.mark.parametrize(
    ("kind", "resource", "gathered"),
    [
        ("task", "actions.tasks", True),
        ("work_list", "membership.experts", True),
        ("expert_application", "membership.experts", False),
        ("grant", "access.grants", False),
    ],
)
def test_mails_about_programmes_and_of_what_waits_are_gathered(kind: str, resource: str, gathered: bool) -> None:
    assert is_gathered(kind, resource) is gathered


@pytest.mark.parametrize(
    ("announced", "changed", "by_other", "is_new"),
    [
        (None, None, True, True),
        (1, None, True, False),
        (None, 2, True, True),
        (3, 2, True, True),
        (1, 2, True, False),
        (None, -1, True, False),
        (None, 2, False, False),
        (None, 30, False, True),
        (20, 30, False, False),
    ],
)
def test_a_record_is_announced_once_for_each_change(
    announced: int | None, changed: int | None, by_other: bool, is_new: bool
) -> None:
    """The hours before the announcement at which it was announced, and at which it last changed."""
    person, at = uuid4(), now()
    last = changed and {"at": at - timedelta(hours=changed), "actor_id": uuid4() if by_other else person}
    assert begins_to_wait(announced and at - timedelta(hours=announced), last, person, at) is is_new


@pytest.mark.long("waits for mails that must not come")
async def test_the_office_gets_one_digest_of_what_waits(people: People, members: Caller, posted: Mailbox) -> None:
    await people.no_jobs()
    country = unused_country()
    officer = await _officer(people, country)
    records = [await _applied(members, country) for _ in range(3)]
    await people.deliver(*(record["id"] for record in records))
    await people.run("mail_digests")
    (digest,) = await arrived(posted, people.address(officer), 1)
    text = text_of(digest)
    assert text.count(sentence(_WAITING, "en")) == 3
    assert all(record_page("", "en", "membership.experts", record["id"]) in text for record in records)
    assert "Records that wait for a step of yours: 3." in text
    await people.run("mail_digests")
    await people.no_jobs()
    assert len(news(posted, people.address(officer))) == 1
    asked = await stepped(members, records[0], "request_info", reason="The CV")
    await people.run("mail_digests")
    await people.no_jobs()
    await stepped(members, asked, "resubmit")
    await people.superuser.execute("UPDATE access_notification SET day = day - 1 WHERE account_id = $1", officer)
    await people.run("mail_digests")
    (_, again) = await arrived(posted, people.address(officer), 2)
    assert text_of(again).count(sentence(_WAITING, "en")) == 1
    assert records[0]["ref"] in text_of(again)


@pytest.mark.long("waits for mails that must not come")
async def test_who_wants_to_know_at_once_is_mailed_at_once(people: People, members: Caller, posted: Mailbox) -> None:
    country = unused_country()
    officer, colleague = await _officer(people, country, work_list="mail"), await _officer(people, country)
    elsewhere = await _officer(people, unused_country(), work_list="mail")
    record = await _applied(members, country)
    await people.deliver(record["id"])
    (mail,) = await arrived(posted, people.address(officer), 1)
    assert record["ref"] in mail["Subject"]
    assert sentence(_WAITING, "en") in text_of(mail)
    assert record_page("", "en", "membership.experts", record["id"]) in text_of(mail)
    await people.no_jobs()
    for other in (colleague, elsewhere):
        assert await people.events(other) == []


@pytest.mark.long("waits for mails that must not come")
async def test_no_mail_is_sent_to_who_wants_none(people: People, members: Caller, posted: Mailbox) -> None:
    country = unused_country()
    officer = await _officer(people, country, work_list="none")
    record = await _applied(members, country)
    await people.deliver(record["id"])
    await people.run("mail_digests")
    await _announced(people, officer, 1)
    await people.no_jobs()
    assert news(posted, people.address(officer)) == []


@pytest.mark.long("waits for mails that must not come")
async def test_a_person_gets_one_mail_a_quarter_of_an_hour_about_programmes(
    people: People, actions: Caller, posted: Mailbox
) -> None:
    owner = await people.person()
    await people.holds(owner, "government_focal_point", "country", "XA")
    await people.superuser.execute(
        'UPDATE access_account SET notifications = \'{"work_list": "none"}\' WHERE id = $1', owner
    )
    tasks = [await task(actions, owner={"account_id": str(owner)}) for _ in range(5)]
    await people.deliver(tasks[0][-36:])
    (first,) = await arrived(posted, people.address(owner), 1)
    assert sentence("task.created", "en") in text_of(first)
    for path in tasks[1:]:
        await people.deliver(path[-36:])
    await people.run("mail_gathered")
    await people.no_jobs()
    assert len(news(posted, people.address(owner))) == 1
    sent = "UPDATE access_notification SET mailed_at = mailed_at - $2::interval WHERE account_id = $1"
    await people.superuser.execute(sent, owner, timedelta(minutes=15))
    await people.run("mail_gathered")
    (_, second) = await arrived(posted, people.address(owner), 2)
    assert text_of(second).count(sentence("task.created", "en")) == 4
    assert all(record_page("", "en", "actions.tasks", path[-36:]) in text_of(second) for path in tasks[1:])
    await people.run("mail_gathered")
    await people.no_jobs()
    assert len(news(posted, people.address(owner))) == 2


async def test_who_gets_a_role_hears_of_it(people: People, posted: Mailbox) -> None:
    account = await people.person()
    body = {"principal": {"kind": "account", "id": str(account)}, "role": "national_author", "scope_kind": "country"}
    made = await people.caller.send("admin", "POST", "/grants", {**body, "scope_id": "XA"})
    await people.deliver(made.json()["id"])
    assert await people.events(account) == ["grant.activated"]
    (mail,) = await arrived(posted, people.address(account), 1)
    assert sentence("grant.activated", "en") in text_of(mail)


async def test_both_are_notified_when_a_role_moves_on(people: People) -> None:
    author, heir = await people.person(), await people.person()
    body = {"principal": {"kind": "account", "id": str(author)}, "role": "national_author", "scope_kind": "country"}
    held = (await people.caller.send("admin", "POST", "/grants", {**body, "scope_id": "XA"})).json()
    fields = {"principal": {"kind": "account", "id": str(heir)}, "to": today().isoformat()}
    done = await people.caller.step("admin2", held["links"]["self"], "hand_over", fields=fields)
    assert done.status_code == 200, done.text
    (following,) = (await people.caller.send(str(heir), "GET", f"/grants?principal_id={heir}")).json()["items"]
    await people.deliver(held["id"], following["id"])
    assert await people.events(heir) == ["grant.activated"]
    assert await people.events(author) == ["grant.activated", "grant.updated"]
