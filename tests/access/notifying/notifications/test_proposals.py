"""The second person who was named is notified of a proposal, and its proposer of what became of it."""

from typing import Any
from uuid import UUID

import pytest

from services.access.notifying.notifications.sentences import sentence
from services.access.settings import AccessSettings
from services.membership.register.experts.operations import EXPERTS as KIND
from services.membership.settings import MembershipSettings
from shared.contracts.kinds import record_page
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.pending import expiring
from tests.access.notifying.notifications.people import People, arrived
from tests.support.callers import CALLERS, Caller, grant
from tests.support.mailbox import Mailbox, text_of
from tests.support.membership import activated

Proposal = tuple[UUID, UUID, dict[str, Any]]
"""Proposer, second person, and the record."""
_OFFICE = grant("secretariat_admin", "global")


async def _administrators(people: People, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, UUID]:
    """Two administrators, whom the app of membership knows by the ids of their accounts."""
    both = await people.person(), await people.person()
    known = dict(CALLERS)
    for account in both:
        body = {"principal": {"kind": "account", "id": str(account)}, "role": "secretariat_admin", "reason": "Office"}
        made = await people.caller.send("admin", "POST", "/grants", {**body, "scope_kind": "global"})
        confirmed = await people.caller.step("admin2", made.json()["links"]["self"], "confirm")
        assert confirmed.status_code == 200, confirmed.text
        known[str(account)] = Principal(PrincipalKind.ACCOUNT, account, str(account), (_OFFICE,))
    monkeypatch.setattr("tests.support.callers.CALLERS", known)
    return both


async def _propose(members: Caller, record: dict[str, Any], proposer: UUID, **fields: str) -> dict[str, Any]:
    path = record["links"]["self"]
    proposed = await members.known_as(str(proposer)).step(path, "terminate", reason="Fraud", fields=fields)
    assert proposed.status_code == 202, proposed.text
    return dict(proposed.json())


async def _proposed(people: People, members: Caller, monkeypatch: pytest.MonkeyPatch) -> tuple[Proposal, str]:
    """A termination that one administrator proposed to another, and its address."""
    proposer, second = await _administrators(people, monkeypatch)
    record = await activated(members)
    waiting = await _propose(members, record, proposer, second_person=str(second))
    await people.deliver(record["id"])
    return (proposer, second, record), str(waiting["links"]["self"])


async def _expire(people: People, record: dict[str, Any], database_url: str) -> None:
    """Ends the proposals about a record, as the schedule of membership does after 24 hours."""
    expire = "UPDATE core_pending_transition SET expires_at = now() - interval '1 second' WHERE record_id = $1"
    await people.superuser.execute(expire, UUID(record["id"]))
    database = await Database.open(MembershipSettings(database_url=database_url).database_dsn(), size=1)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await expiring(KIND)(uow)
    await database.close()


async def _links(people: People, account: UUID) -> list[tuple[str, str]]:
    rows = await people.superuser.fetch(
        "SELECT event, link FROM access_notification WHERE account_id = $1 ORDER BY at, id", account
    )
    return [(row["event"], row["link"]) for row in rows]


async def test_the_second_person_is_notified_and_mailed_with_the_link(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch, posted: Mailbox, settings: AccessSettings
) -> None:
    (proposer, second, record), link = await _proposed(people, members, monkeypatch)
    assert await _links(people, second) == [("proposal.made", link)]
    assert await _links(people, proposer) == []
    (mail,) = await arrived(posted, people.address(second), 1)
    assert record["ref"] in mail["Subject"]
    assert sentence("proposal.made", "en") in text_of(mail)
    assert record_page(settings.issuer, "en", "membership.experts", record["id"]) in text_of(mail)


@pytest.mark.parametrize(("decision", "event"), [("confirm", "confirmed"), ("decline", "declined")])
async def test_the_proposer_is_notified_of_the_decision(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch, decision: str, event: str
) -> None:
    (proposer, second, record), link = await _proposed(people, members, monkeypatch)
    decided = await members.known_as(str(second)).post(link, {"decision": decision})
    assert decided.status_code == 200, decided.text
    await people.deliver(record["id"])
    assert await _links(people, proposer) == [(f"proposal.{event}", link)]
    assert await _links(people, second) == [("proposal.made", link)]


async def test_a_withdrawn_proposal_notifies_nobody(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    (proposer, second, record), link = await _proposed(people, members, monkeypatch)
    assert (await members.known_as(str(proposer)).post(link, {"decision": "withdraw"})).status_code == 200
    await people.deliver(record["id"])
    assert await _links(people, proposer) == []
    assert await _links(people, second) == [("proposal.made", link)]


async def test_each_proposal_notifies_once_and_on_its_own(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    (proposer, second, record), link = await _proposed(people, members, monkeypatch)
    await _expire(people, record, database_url)
    await people.deliver(record["id"])
    assert await _links(people, proposer) == [("proposal.expired", link)]
    again = await _propose(members, record, proposer, second_person=str(second))
    other = again["links"]["self"]
    await people.deliver(record["id"])
    assert await _links(people, second) == [("proposal.made", link), ("proposal.made", other)]
    assert (await members.known_as(str(second)).post(other, {"decision": "decline"})).status_code == 200
    await people.deliver(record["id"], times=3)
    assert await _links(people, proposer) == [("proposal.expired", link), ("proposal.declined", other)]


async def test_a_proposal_without_a_name_notifies_no_second_person(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposer, second = await _administrators(people, monkeypatch)
    record = await activated(members)
    await _propose(members, record, proposer)
    await people.deliver(record["id"])
    assert await people.events(second) == []


@pytest.mark.parametrize(("action", "event"), [("confirm", "confirmed"), ("revoke", "declined")])
async def test_a_proposed_grant_notifies_both_persons(
    people: People, monkeypatch: pytest.MonkeyPatch, action: str, event: str
) -> None:
    proposer, second = await _administrators(people, monkeypatch)
    holder = await people.person()
    body = {"principal": {"kind": "account", "id": str(holder)}, "role": "national_publisher", "reason": "A publisher"}
    made = await people.caller.send(
        str(proposer),
        "POST",
        "/grants",
        {**body, "scope_kind": "country", "scope_id": "XA", "second_person": str(second)},
    )
    assert (made.status_code, made.json()["status"]) == (201, "proposed"), made.text
    link = made.json()["links"]["self"]
    await people.deliver(made.json()["id"])
    assert await _links(people, second) == [("proposal.made", link)]
    done = await people.caller.step(str(second), link, action, **({"reason": "No"} if action == "revoke" else {}))
    assert done.status_code == 200, done.text
    await people.deliver(made.json()["id"])
    assert await _links(people, proposer) == [(f"proposal.{event}", link)]
    if action == "confirm":
        revoked = await people.caller.step(str(second), link, "revoke", reason="Over")
        assert revoked.status_code == 200, revoked.text
        await people.deliver(made.json()["id"])
        assert await people.events(holder) == ["grant.activated", "grant.revoked"]
        assert await _links(people, proposer) == [("proposal.confirmed", link)]


async def test_a_requested_erasure_notifies_the_second_person_who_was_named(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposer, second = await _administrators(people, monkeypatch)
    record = await activated(members)
    body = {"reason": "By letter.", "second_person": str(second)}
    made = await members.known_as(str(proposer)).post(f"{record['links']['self']}/erasure", body)
    assert (made.status_code, made.json()["status"]) == (201, "proposed"), made.text
    await people.deliver(made.json()["id"])
    assert await _links(people, second) == [("proposal.made", made.json()["links"]["self"])]
    assert await _links(people, proposer) == []
