"""Who owns a task is notified of it, and mailed once when it is overdue."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.access.notifying.notifications.sentences import sentence
from services.actions.coordination.tasks import operations
from services.actions.settings import ActionsSettings
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.access.notifying.notifications.people import People, arrived
from tests.support.callers import Caller
from tests.support.clock import run_on
from tests.support.mailbox import Mailbox, text_of
from tests.support.tasks import task


@pytest.fixture
async def actions_database(database_url: str) -> AsyncIterator[Database]:
    """The database role of actions, as in its worker."""
    opened = await Database.open(ActionsSettings(database_url=database_url).database_dsn(), size=1)
    yield opened
    await opened.close()


@pytest.mark.long("waits for mails that must not come")
async def test_an_overdue_task_is_mailed_to_its_owner_once(
    people: People, actions: Caller, actions_database: Database, posted: Mailbox
) -> None:
    owner, colleague = await people.person(), await people.person()
    await people.holds(owner, "government_focal_point", "country", "XA")
    path = await task(actions, owner={"account_id": str(owner)}, due=str(today()))
    for _ in range(2):
        await run_on(today() + timedelta(days=1), operations.announce_overdue, actions_database)
    await people.deliver(path[-36:])
    assert sorted(await people.events(owner)) == ["task.created", "task.overdue"]
    (mail,) = await arrived(posted, people.address(owner), 1)
    said = text_of(mail)
    assert (said.count(sentence("task.overdue", "en")), f"/en/records/actions/tasks/{path[-36:]}" in said) == (1, True)
    assert await people.events(colleague) == []


async def test_the_owners_by_role_are_those_of_the_country(people: People, actions: Caller) -> None:
    own, elsewhere, other = await people.person(), await people.person(), await people.person()
    await people.holds(own, "government_focal_point", "country", "XA")
    await people.holds(elsewhere, "government_focal_point", "country", "XB")
    await people.holds(other, "national_author", "country", "XA")
    path = await task(actions, owner={"role": "government_focal_point"})
    comment = await actions.post(f"{path}/comments", {"text": "The station opens in May."})
    await people.deliver(path[-36:], comment.json()["id"])
    assert sorted(await people.events(own)) == ["task.created", "task_comment.created"]
    assert await people.events(elsewhere) == []
    assert await people.events(other) == []
    await actions.step(path, "assign", fields={"owner": {"role": "national_author"}})
    await people.deliver(path[-36:])
    assert await people.events(other) == ["task.assigned"]
