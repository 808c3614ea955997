"""Representatives of the host are notified of the centres that it hosts from their designation on, of the agreements
that they are asked to sign, and of no others."""

from tests.access.notifying.notifications.people import People
from tests.support.callers import Caller
from tests.support.centres import (
    AGREEMENTS,
    Members,
    agreed,
    endorsed,
    entered,
    host_agreement,
    recommended,
    stepped,
    unused_country,
)


async def test_representatives_are_notified_of_hosted_centres_their_reports_and_agreements(
    people: People, members: Caller, centres: Caller
) -> None:
    country, of = unused_country(), Members(members)
    host, other = [await of.institution(country) for _ in range(2)]
    representative, stranger = [await people.person() for _ in range(2)]
    for account, institution in ((representative, host), (stranger, other)):
        await people.holds(account, "institution_representative", "institution", institution)
    centre = await recommended(centres, of, country, host_institution_id=host, visibility="restricted")
    draft = await entered(centres, AGREEMENTS, host_agreement(centre, signed=False))
    await people.deliver(centre["id"], draft["id"])
    assert await people.events(representative) == [], "whoever has not applied does not know of an application"
    await stepped(centres, draft, "send")
    between_others = {**host_agreement(centre, signed=False), "parties": [{"name": "Ministry"}, {"name": "Fund"}]}
    unnamed = await stepped(centres, await entered(centres, AGREEMENTS, between_others), "send")
    await people.deliver(draft["id"], unnamed["id"])
    asked = ["agreement.in_negotiation"]
    assert await people.events(representative) == asked

    await agreed(centres, centre)
    await endorsed(people.superuser, country, level=2)
    centre = await stepped(centres, centre, "designate")
    await stepped(centres, centre, "suspend", reason="A question")
    later = await entered(centres, AGREEMENTS, host_agreement(centre, signed=False))
    await stepped(centres, later, "send")
    reports = await centres.get(f"/centres/v1/annual_reports?centre_id={centre['id']}")
    report = await stepped(centres, reports.json()["items"][0], "waive", reason="Not owed")
    for record in (centre, later, report):
        await people.deliver(record["id"])
    events = [*asked, "centre.suspended", "agreement.in_negotiation", "annual_report.waived"]
    assert await people.events(representative) == events
    assert await people.events(stranger) == []
