"""A message on a file notifies the other side: the applicant also by mail, the office in its list. Internal messages
notify nobody."""

from typing import Any
from uuid import UUID

import pytest

from services.access.notifying.notifications.domain import NOTICES
from shared.contracts import centres as of_centres
from shared.contracts import membership as of_membership
from shared.kernel.principal import Grant, Principal, PrincipalKind
from tests.access.notifying.notifications.people import People, under_review
from tests.support import callers
from tests.support.callers import Caller, grant
from tests.support.centres import Members, applied, unused_country


async def _knows(people: People, monkeypatch: pytest.MonkeyPatch, account: UUID, *grants: Grant) -> str:
    """The name by which the apps of other services know an account. It has these grants in access too."""
    for each in grants:
        if each.scope_kind != "self":
            await people.holds(account, each.role, each.scope_kind, str(each.scope_id))
    name = str(account)
    known = {**callers.CALLERS, name: Principal(PrincipalKind.ACCOUNT, account, name, grants)}
    monkeypatch.setattr(callers, "CALLERS", known)
    return name


async def _post(who: Caller, record: dict[str, Any], **more: Any) -> str:
    made = await who.post(f"{record['links']['self']}/messages", {"text": "Which field?", **more})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def _rows(people: People, account: UUID) -> list[tuple[str, str, str, str]]:
    """Record, resource, link and delivery of the account's notifications of messages."""
    rows = await people.superuser.fetch(
        "SELECT * FROM access_notification WHERE account_id = $1 AND kind = 'message' ORDER BY at, id", account
    )
    return [(str(row["record_id"]), row["resource"], row["link"], row["mail"]) for row in rows]


async def test_the_office_and_the_applicant_are_notified_of_each_others_messages(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, record = await under_review(people, members)
    officer, elsewhere = await people.person(), await people.person()
    office = await _knows(people, monkeypatch, officer, grant("secretariat_officer", "country", "XA"))
    await _knows(people, monkeypatch, elsewhere, grant("secretariat_officer", "country", "XB"))
    me = await _knows(people, monkeypatch, account, grant("expert", "self", record["id"]))

    asked = await _post(members.known_as(office), record)
    answered = await _post(members.known_as(me), record)
    noted = await _post(members.known_as(office), record, audience="internal")
    await people.deliver(asked, answered, noted, times=3)

    link = f"{record['links']['self']}/messages"
    assert await _rows(people, account) == [(asked, "membership.messages", f"{link}/{asked}", "mail")]
    assert await _rows(people, officer) == [(answered, "membership.messages", f"{link}/{answered}", "none")]
    assert await _rows(people, elsewhere) == []


async def test_a_message_on_an_assigned_file_waits_for_its_officer_alone(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, record = await under_review(people, members)
    assigned, other = await people.person(), await people.person()
    for officer in (assigned, other):
        await _knows(people, monkeypatch, officer, grant("secretariat_officer", "country", "XA"))
    await people.superuser.execute("UPDATE member_expert SET assignee = $2 WHERE id = $1", UUID(record["id"]), assigned)
    me = await _knows(people, monkeypatch, account, grant("expert", "self", record["id"]))
    await people.deliver(answered := await _post(members.known_as(me), record))
    assert [row[0] for row in await _rows(people, assigned)] == [answered]
    assert await _rows(people, other) == []


@pytest.mark.parametrize(("region", "is_notified"), [("142", True), ("019", False)])
async def test_an_office_of_a_region_is_notified_of_files_of_its_countries(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch, region: str, is_notified: bool
) -> None:
    account, officer = await people.person(), await people.person()
    record = (await members.get(f"/membership/v1/experts/{await Members(members).expert('PK')}")).json()
    await people.own(account, record["id"])
    await people.holds(officer, "secretariat_officer", "region", region)
    me = await _knows(people, monkeypatch, account, grant("expert", "self", record["id"]))
    await people.deliver(await _post(members.known_as(me), record))
    assert bool(await _rows(people, officer)) is is_notified


async def test_the_reason_of_a_transition_notifies_once(people: People, members: Caller) -> None:
    account, record = await under_review(people, members)
    rows = await people.superuser.fetch("SELECT id FROM member_message WHERE expert_id = $1", UUID(record["id"]))
    assert rows
    await people.deliver(record["id"], *(str(row["id"]) for row in rows))
    assert "expert.info_requested" in await people.events(account)
    assert await _rows(people, account) == []


async def test_who_applies_for_a_centre_and_the_office_are_notified_of_each_others_messages(
    people: People, members: Caller, centres: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    country, institutions = unused_country(), Members(members)
    author, director, holder, officer = [await people.person() for _ in range(4)]
    applying = await _knows(people, monkeypatch, author, grant("committee_president", "country", country))
    office = await _knows(people, monkeypatch, officer, grant("secretariat_officer", "country", country))
    directing = await institutions.expert(country)
    await people.own(director, directing)
    centre = await applied(centres.known_as(applying), institutions, country, director_id=directing)
    await people.holds(holder, "centre_director", "centre", centre["id"])

    asked = await _post(centres.known_as(office), centre)
    answered = await _post(centres.known_as(applying), centre)
    noted = await _post(centres.known_as(office), centre, audience="internal")
    await people.deliver(asked, answered, noted)

    link = f"{centre['links']['self']}/messages"
    for applicant in (author, director, holder):
        assert await _rows(people, applicant) == [(asked, "centres.messages", f"{link}/{asked}", "mail")]
    assert await _rows(people, officer) == [(answered, "centres.messages", f"{link}/{answered}", "none")]


async def test_an_office_on_the_own_file_is_the_applicant(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, record = await under_review(people, members)
    other = await people.person()
    await _knows(people, monkeypatch, other, grant("secretariat_officer", "country", "XA"))
    me = await _knows(people, monkeypatch, account, grant("secretariat_officer", "country", "XA"))
    await people.deliver(posted := await _post(members.known_as(me), record))
    assert [row[0] for row in await _rows(people, other)] == [posted]
    assert await _rows(people, account) == []


def test_internal_messages_are_no_notice() -> None:
    internal = {fact for fact in (*of_membership.FACTS, *of_centres.FACTS) if ".internal_message." in fact}
    assert internal
    assert internal.isdisjoint(NOTICES)
