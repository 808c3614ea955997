"""Whoever has the file of a centre is notified when the target of its stage has passed."""

from datetime import timedelta
from uuid import UUID

from shared.contracts.centres import CENTRE_STAGE_OVERDUE
from shared.kernel.clock import today
from tests.access.notifying.notifications.people import People
from tests.support.callers import Caller
from tests.support.centres import Members, applied, entered, reviewed, stepped, unused_country

_EVENT = "centre.stage_overdue"


async def _officer(people: People, country: str) -> UUID:
    account = await people.person()
    await people.holds(account, "secretariat_officer", "country", country)
    return account


async def test_the_assigned_officer_or_else_the_office_is_notified_by_mail(
    people: People, members: Caller, centres: Caller
) -> None:
    country = unused_country()
    first, second, elsewhere = [await _officer(people, of) for of in (country, country, "XC")]
    centre = await applied(centres, Members(members), country)
    await people.announce(CENTRE_STAGE_OVERDUE, centre)
    assert [await people.events(one) for one in (first, second, elsewhere)] == [[_EVENT], [_EVENT], []]
    mail = await people.superuser.fetchval("SELECT mail FROM access_notification WHERE account_id = $1", first)
    assert mail == "mail"
    other = await applied(centres, Members(members), country)
    await stepped(centres, other, "assign", fields={"officer": str(second)})
    await people.announce(CENTRE_STAGE_OVERDUE, other)
    assert [await people.events(one) for one in (first, second)] == [[_EVENT], [_EVENT, _EVENT]]


async def test_the_reviewers_who_are_expected_are_notified(people: People, members: Caller, centres: Caller) -> None:
    country, of = unused_country(), Members(members)
    officer, reviewer = await _officer(people, country), await people.person()
    centre = await stepped(centres, await applied(centres, of, country), "accept_complete")
    await people.announce(CENTRE_STAGE_OVERDUE, centre)
    assert await people.events(officer) == [_EVENT], "nobody is invited yet"
    expert = await of.expert(country)
    await people.superuser.execute(
        "UPDATE member_expert SET status = 'active', visibility = 'network' WHERE id = $1", UUID(expert)
    )
    await people.own(reviewer, expert)
    due = (today() + timedelta(days=30)).isoformat()
    await entered(centres, f"{centre['links']['self']}/reviewers", {"expert_id": expert, "due": due})
    await people.announce(CENTRE_STAGE_OVERDUE, centre)
    assert (await people.events(reviewer), len(await people.events(officer))) == ([_EVENT], 1)
    for _ in range(2):
        await reviewed(centres, of, centre)
    await people.announce(CENTRE_STAGE_OVERDUE, centre)
    assert len(await people.events(reviewer)) == 1, "the secretariat has the file"
