"""A government is notified of an assessment, in time for its reply."""

from services.access.notifying.notifications.sentences import sentence
from tests.access.notifying.notifications.people import People, arrived
from tests.support.assessments import assessment, subjects
from tests.support.callers import Caller
from tests.support.mailbox import Mailbox, text_of

REPLY = {"text": {"en": "Two more stations follow in May."}}


async def test_focal_points_are_mailed_when_a_reply_is_awaited(
    people: People, actions: Caller, posted: Mailbox
) -> None:
    focal, stranger = await people.person(), await people.person()
    await people.holds(focal, "government_focal_point", "country", "XA")
    await people.holds(stranger, "government_focal_point", "country", "XB")
    found, of_period = await subjects(actions)
    officer = actions.known_as("officer")
    path = await assessment(officer, "action", found["action"], of_period)
    await people.deliver(path[-36:])
    assert await people.events(focal) == []
    assert (await officer.step(path, "submit")).status_code == 200
    await people.deliver(path[-36:])
    assert await people.events(focal) == ["assessment.submitted"]
    (mail,) = await arrived(posted, people.address(focal), 1)
    assert sentence("assessment.submitted", "en") in text_of(mail)
    await actions.known_as("focal_xa").step(path, "reply", fields=REPLY)
    assert (await officer.step(path, "publish")).status_code == 200
    await people.deliver(path[-36:])
    assert await people.events(focal) == ["assessment.submitted", "assessment.published"]
    assert await people.events(stranger) == []
