"""People are notified of what happens to their records: once a day for each record and event, and not of their own
transitions."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.access.notifying.notifications.domain import EVERY_NOTICE, KINDS, NOTICES
from services.access.notifying.notifications.sentences import sentences
from services.access.reactions import REACTIONS
from services.access.worker import SCHEDULES
from services.centres.designation.reviewers.operations import remind
from services.centres.settings import CentresSettings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT, AccessContext
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.text import LANGUAGES
from shared.messaging.inbox import Inbox
from tests.access.caller import Caller as AccessCaller
from tests.access.notifying.notifications.people import People, under_review
from tests.support.callers import CALLERS, Caller, grant
from tests.support.centres import (
    AGREEMENTS,
    Members,
    applied,
    entered,
    host_agreement,
    proposed_committee,
    reviewed,
    seated,
    stepped,
    unused_country,
)
from tests.support.membership import activated

LIST = "/notifications"


def test_every_event_has_a_sentence_in_every_language() -> None:
    assert sentences().keys() == {notice.event for notice in EVERY_NOTICE}
    for event, by_language in sentences().items():
        assert set(by_language) == set(LANGUAGES), event
        assert all(by_language.values()), event
        assert len(set(by_language.values())) == len(LANGUAGES), event


async def test_each_step_of_an_application_leaves_one_notification(people: People, members: Caller) -> None:
    account, record = await under_review(people, members)
    await stepped(members, record, "approve")
    await people.deliver(record["id"])
    assert await people.events(account) == [
        "expert.applied", "expert.info_requested", "expert.under_review", "expert.activated",
    ]  # fmt: skip
    rows = await people.superuser.fetch("SELECT * FROM access_notification WHERE account_id = $1", account)
    assert {(row["kind"], row["resource"], str(row["record_id"]), row["ref"], row["link"]) for row in rows} == {
        ("expert_application", "membership.experts", record["id"], record["ref"], record["links"]["self"])
    }


async def test_nobody_is_notified_of_their_own_transition(
    people: People, members: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, record = await under_review(people, members)
    me = Principal(PrincipalKind.ACCOUNT, account, "myself", (grant("expert", "self", record["id"]),))
    monkeypatch.setattr("tests.support.callers.CALLERS", {**CALLERS, "myself": me})
    active = await stepped(members, record, "approve")
    await stepped(members.known_as("myself"), active, "resign")
    await people.deliver(record["id"])
    assert await people.events(account) == [
        "expert.applied", "expert.info_requested", "expert.under_review", "expert.activated",
    ]  # fmt: skip


async def test_a_person_of_a_committee_is_notified_of_the_seat_and_of_the_committee(
    people: People, members: Caller, centres: Caller
) -> None:
    country, (president, member) = unused_country(), [await people.person() for _ in range(2)]
    institutions = Members(members)
    committee = await proposed_committee(centres, institutions, country)
    seats = []
    for office, account in (("president", president), ("member", member)):
        person = await institutions.expert(country)
        await people.own(account, person)
        seats.append(await seated(centres, committee, office, person={"expert_id": person}))
    await seated(centres, committee, "secretary")
    await people.deliver(*(seat["id"] for seat in seats))
    await stepped(centres, committee, "form")
    await people.deliver(committee["id"])
    assert await people.events(president) == ["seat.appointed", "committee.formed"]
    assert await people.events(member) == ["seat.appointed"]


async def test_the_people_of_a_centre_are_notified_of_it_its_reviews_and_its_agreements(
    people: People, members: Caller, centres: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    country, institutions = unused_country(), Members(members)
    author, director, holder, reviewer = [await people.person() for _ in range(4)]
    role = Principal(PrincipalKind.ACCOUNT, author, "author", (grant("committee_president", "country", country),))
    monkeypatch.setattr("tests.support.callers.CALLERS", {**CALLERS, "author": role})
    directing, reviewing = [await institutions.expert(country) for _ in range(2)]
    await people.own(director, directing)
    await people.own(reviewer, reviewing)
    centre = await applied(centres.known_as("author"), institutions, country, director_id=directing)
    await people.holds(holder, "centre_director", "centre", centre["id"])
    centre = await stepped(centres, centre, "accept_complete")
    review = await reviewed(centres, institutions, centre, reviewer_id=reviewing)
    agreement = await entered(centres, AGREEMENTS, host_agreement(centre, signed=False))
    await stepped(centres, agreement, "send")
    await people.deliver(centre["id"], review["id"], agreement["id"])
    assert await people.events(author) == ["centre.under_review"]
    both = ["centre.submitted", "centre.under_review", "agreement.in_negotiation"]
    assert await people.events(director) == both
    assert await people.events(holder) == both
    assert await people.events(reviewer) == ["review.created"]


async def test_an_invited_reviewer_is_notified_of_what_others_do(
    people: People, centres: Caller, members: Caller, database_url: str
) -> None:
    institutions = Members(members)
    centre = await stepped(centres, await applied(centres, institutions, unused_country()), "accept_complete")
    path, due = f"{centre['links']['self']}/reviewers", (today() + timedelta(days=30)).isoformat()
    accounts, invitations = [], []
    for _ in range(2):
        expert = await activated(members, country=centre["country"])
        accounts.append(await people.person())
        await people.own(accounts[-1], expert["id"])
        invitations.append(await entered(centres, path, {"expert_id": expert["id"], "due": due}))
    successor = {"expert_id": (await activated(members, country=centre["country"]))["id"], "due": due}
    await stepped(centres, invitations[0], "replace", fields=successor)
    key = UUID(invitations[1]["id"])
    await people.superuser.execute(
        "UPDATE centre_reviewer SET due = $2, reminded_on = $3 WHERE id = $1",
        key,
        today() + timedelta(days=1),
        today() - timedelta(days=1),
    )
    of_centres = await Database.open(CentresSettings(database_url=database_url).database_dsn(), size=1)
    async with unit_of_work(of_centres, SYSTEM_CONTEXT) as uow:
        await remind(uow)
    await of_centres.close()
    await people.deliver(*(invitation["id"] for invitation in invitations))
    assert [await people.events(account) for account in accounts] == [["reviewer.replaced"], ["reviewer.review_due"]]


async def test_the_government_of_a_country_is_notified_of_its_letters(
    people: People, members: Caller, actions: Caller
) -> None:
    country, focal, other = unused_country(), await people.person(), await people.person()
    await people.holds(focal, "government_focal_point", "country", country)
    await people.holds(other, "government_focal_point", "country", "XB")
    letter = {"country": country, "direction": "out", "date": "2026-03-01", "subject": "A question"}
    sent = await entered(actions, "/actions/v1/correspondence", letter)
    await stepped(actions, sent, "await", fields={"reply_due": "2027-01-31"})
    await people.deliver(sent["id"])
    assert await people.events(focal) == ["correspondence.awaiting_reply"]
    assert await people.events(other) == []
    person = await Members(members).expert(country)
    await people.own(other, person)
    body = {"person": {"expert_id": person}, "country": country}
    point = await entered(actions, "/actions/v1/focal_points", body)
    await stepped(actions, point, "accept")
    await people.deliver(point["id"])
    assert await people.events(other) == ["focal_point.activated"]


async def test_whoever_is_behind_a_grant_a_key_and_an_institution_is_notified(
    people: People, members: Caller, caller: AccessCaller
) -> None:
    account = await people.person()
    institution = await Members(members).institution("XA")
    await people.holds(account, "institution_representative", "institution", institution)
    body = {"principal": {"kind": "account", "id": str(account)}, "role": "national_author", "reason": "An author"}
    granted = (
        await caller.send("admin", "POST", "/grants", {**body, "scope_kind": "country", "scope_id": "XA"})
    ).json()
    assert (await caller.step("admin", granted["links"]["self"], "revoke")).status_code == 200
    key = await caller.send(
        str(account), "POST", "/api_keys", {"name": "Reader", "resources": ["membership.*"], "verbs": ["read"]}
    )
    assert (await caller.step("admin", key.json()["links"]["self"], "revoke")).status_code == 200
    record = (await members.get(f"/membership/v1/institutions/{institution}")).json()
    await stepped(members, record, "verify")
    await people.deliver(granted["id"], key.json()["id"], institution)
    assert sorted(await people.events(account)) == ["api_key.revoked", "grant.revoked", "institution.verified"]


async def test_every_fact_of_the_catalogue_can_be_delivered_about_any_record(people: People) -> None:
    facts = [
        Fact(type=type_, subject=uuid4(), ref="X-1", version=1, country="XA", link="/x") for type_ in sorted(NOTICES)
    ]
    async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
        await Inbox("access", REACTIONS).react(uow, facts)


async def _get(people: People, account: UUID, query: str = "") -> dict[str, Any]:
    response = await people.caller.send(str(account), "GET", f"{LIST}{query}")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def _notified(people: People, members: Caller) -> UUID:
    """A person with four notifications."""
    account, record = await under_review(people, members)
    await stepped(members, record, "approve")
    await people.deliver(record["id"])
    return account


async def test_a_person_lists_their_notifications_and_marks_them_as_read(people: People, members: Caller) -> None:
    account = await _notified(people, members)
    page = await _get(people, account)
    assert (len(page["items"]), page["unread"], page["next"]) == (4, 4, None)
    newest = page["items"][0]
    assert (newest["event"], newest["kind"], newest["read_at"]) == ("expert.activated", "expert_application", None)
    assert newest["record"]["resource"] == "membership.experts"
    assert newest["link"].endswith(newest["record"]["id"])

    read = await people.caller.send(str(account), "POST", f"{LIST}/{newest['id']}/read")
    assert (read.status_code, read.json()["read_at"] is None) == (200, False)
    again = await people.caller.send(str(account), "POST", f"{LIST}/{newest['id']}/read")
    assert again.json() == read.json()
    left = await _get(people, account, "?unread=true")
    assert (left["unread"], [item["id"] for item in left["items"]]) == (3, [i["id"] for i in page["items"][1:]])
    assert (await _get(people, account))["items"][0] == read.json()

    assert (await people.caller.send(str(account), "POST", f"{LIST}/read_all")).status_code == 204
    assert await _get(people, account, "?unread=true") == {"items": [], "unread": 0, "next": None}
    assert (await _get(people, account))["items"][0] == read.json()


async def test_pages_have_each_notification_once(people: People, members: Caller) -> None:
    account = await _notified(people, members)
    whole = [item["id"] for item in (await _get(people, account))["items"]]
    found, query = [], "?limit=1&unread=true"
    while query:
        page = await _get(people, account, query)
        found += [item["id"] for item in page["items"]]
        assert page["unread"] == 4
        query = (page["next"] or "").partition(LIST)[2]
    assert found == whole
    for wrong in ("?cursor=x", "?limit=0", "?unread=perhaps"):
        assert (await people.caller.send(str(account), "GET", f"{LIST}{wrong}")).status_code == 400


async def test_the_notification_of_another_account_does_not_exist(
    people: People, members: Caller, caller: AccessCaller
) -> None:
    account, stranger = await _notified(people, members), await people.person()
    theirs = (await _get(people, account))["items"][0]["id"]
    for name in (str(stranger), "admin"):
        for key in (theirs, uuid4(), "nothing"):
            assert (await caller.send(name, "POST", f"{LIST}/{key}/read")).status_code == 404
    assert (await caller.send(str(stranger), "POST", f"{LIST}/read_all")).status_code == 204
    assert (await _get(people, account))["unread"] == 4
    for method, path in (("GET", ""), ("POST", f"/{theirs}/read"), ("POST", "/read_all")):
        assert (await caller.send("secretariat", method, f"{LIST}{path}")).status_code == 404


async def test_row_level_security_shows_rows_to_their_account_alone(people: People, members: Caller) -> None:
    account = await _notified(people, members)
    count = "SELECT count(*) FROM access_notification WHERE account_id = $1"
    everything = AccessContext("public,network,restricted", "XA,XB", str(uuid4()))
    for context, seen in ((everything, 0), (AccessContext("", records=str(account)), 4)):
        async with unit_of_work(people.database, context) as uow:
            assert await uow.connection.fetchval(count, account) == seen
            assert await uow.connection.execute("DELETE FROM access_notification") == "DELETE 0"


async def test_a_person_chooses_a_delivery_for_each_kind(people: People) -> None:
    account = await people.person()

    async def patch(notifications: Any) -> httpx.Response:
        tag = (await people.caller.send(str(account), "GET", "/accounts/me")).headers["etag"]
        body = {"notifications": notifications}
        return await people.caller.send(str(account), "PATCH", "/accounts/me", body, **{"If-Match": tag})

    assert (await patch({"seat": "none"})).json()["notifications"] == {"seat": "none"}
    assert (await patch({"grant": "digest"})).json()["notifications"] == {"seat": "none", "grant": "digest"}
    assert (await patch({"seat": None})).json()["notifications"] == {"grant": "digest"}
    assert (await patch(dict.fromkeys(KINDS, "mail"))).status_code == 200
    for wrong in ({"weather": "mail"}, {"seat": "pigeon"}, ["seat"]):
        refused = await patch(wrong)
        assert refused.status_code == 422, wrong
        assert "pigeon" not in refused.text


async def test_old_notifications_are_deleted(people: People, members: Caller) -> None:
    account = await _notified(people, members)
    old = "UPDATE access_notification SET at = now() - interval '366 days' WHERE account_id = $1 AND event = $2"
    await people.superuser.execute(old, account, "expert.applied")
    async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["delete_old_notifications"].run(uow)
    assert "expert.applied" not in await people.events(account)
    assert len(await people.events(account)) == 3
