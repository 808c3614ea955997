"""Who is asked to help, and who asked for help, is notified of what others do."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.access.notifying.notifications.sentences import sentence
from tests.access.notifying.notifications.people import People, arrived
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import stepped
from tests.support.mailbox import Mailbox, text_of
from tests.support.membership import activated
from tests.support.requests import DOCUMENT, matching, offer

_OVERDUE, _LATE = "support_request.overdue", "escm.actions.support_request.overdue.v1"
_LANGUAGE = "UPDATE access_account SET language = $2 WHERE id = $1"


async def _expert(people: People, members: Caller) -> tuple[UUID, UUID]:
    """An active expert with an account, and the record."""
    account, record = await people.person(), await activated(members, country="XA")
    await people.own(account, record["id"])
    return account, UUID(record["id"])


async def test_an_offer_is_mailed_to_the_expert_in_the_language_of_the_account(
    people: People, members: Caller, actions: Caller, posted: Mailbox
) -> None:
    account, record = await _expert(people, members)
    await people.superuser.execute(_LANGUAGE, account, "fr")
    asked = await offer(actions, await matching(actions), record)
    await people.deliver(asked[-36:])
    (mail,) = await arrived(posted, people.address(account), 1)
    assert sentence("offer.created", "fr") in text_of(mail)
    assert f"/fr/records/actions/offers/{asked[-36:]}\n" in text_of(mail)


async def test_each_side_is_notified_of_what_the_other_does(
    people: People, members: Caller, actions: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, focal, (account, record) = await people.person(), await people.person(), await _expert(people, members)
    monkeypatch.setitem(
        CALLERS, "author", replace(person("author", grant("national_author", "country", "XA")), id=author)
    )
    monkeypatch.setitem(CALLERS, "helper", replace(person("helper", grant("expert", "self", str(record))), id=account))
    await people.holds(focal, "government_focal_point", "country", "XA")
    path = await matching(actions.known_as("author"))
    await people.deliver(path[-36:])
    asked = await offer(actions, path, record)
    await stepped(actions.known_as("helper"), {"links": {"self": asked}}, "accept")
    await stepped(actions, {"links": {"self": asked}}, "confirm")
    await stepped(actions, {"links": {"self": path}}, "start")
    await stepped(actions, {"links": {"self": path}}, "deliver", fields={"document": DOCUMENT})
    await people.deliver(path[-36:], asked[-36:])
    assert await people.events(author) == [
        "support_request.matching",
        "support_request.in_delivery",
        "support_request.delivered",
    ]
    assert "offer.accepted" in await people.events(focal)
    assert await people.events(account) == [
        "offer.created",
        "offer.confirmed",
        "support_request.in_delivery",
        "support_request.delivered",
    ]


async def test_the_office_is_notified_of_a_late_request_while_it_has_it(
    people: People, members: Caller, actions: Caller
) -> None:
    officer, elsewhere, focal = await people.person(), await people.person(), await people.person()
    await people.holds(officer, "secretariat_officer", "country", "XA")
    await people.holds(elsewhere, "secretariat_officer", "country", "XC")
    await people.holds(focal, "government_focal_point", "country", "XA")
    path = await matching(actions)
    await people.announce(_LATE, (await actions.get(path)).json())
    assert [await people.events(one) for one in (officer, elsewhere, focal)] == [[_OVERDUE], [], [_OVERDUE]]
    _, record = await _expert(people, members)
    await offer(actions, path, record)
    await people.announce(_LATE, (await actions.get(path)).json())
    assert len(await people.events(officer)) == 1, "the expert who is asked has it"
