"""Authors, delegates and reviewers of a progress report are notified of what others do with it."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.access.reactions import REACTIONS
from shared.contracts.actions import PROGRAMME_REPORT_DUE, PROGRAMME_REPORT_LATE
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.messaging.inbox import Inbox
from tests.access.notifying.notifications.people import People
from tests.actions.programme import PROGRAMMES, programme
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.progress import Reporting


async def test_each_side_is_notified_of_what_the_other_does(
    people: People, actions: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, president, delegate, reviewer = [await people.person() for _ in range(4)]
    monkeypatch.setitem(
        CALLERS, "author", replace(person("author", grant("national_author", "country", "XA")), id=author)
    )
    await people.holds(president, "committee_president", "country", "XA")
    path = await (await Reporting.begun(actions.known_as("author"))).submitted()
    reviewing = replace(person("reviewer", grant("reviewer", "record", path[-36:])), id=reviewer)
    monkeypatch.setitem(CALLERS, "reviewer", reviewing)
    await actions.step(path, "take")
    body = {"section": "summary", "text": "Which stations?"}
    comment = (await actions.known_as("reviewer").post(f"{path}/comments", body)).json()["links"]["self"]
    await actions.known_as("author").step(comment, "answer", fields={"text": "Those of the delta."})
    await actions.step(path, "return", reason="Name them")
    asked = {"account_id": str(delegate), "sections": ["summary"]}
    delegation = (await actions.known_as("author").post(f"{path}/delegations", asked)).json()["id"]
    await people.deliver(path[-36:], comment[-36:], delegation)
    of_report = ["report.in_review", "report.changes_requested"]
    assert sorted(await people.events(author)) == sorted([*of_report, "report_comment.created"])
    assert {"report.submitted", *of_report} <= set(await people.events(president))
    assert await people.events(reviewer) == ["report_comment.answered"]
    assert await people.events(delegate) == ["delegation.created"]


async def test_a_country_is_reminded_of_a_report_that_nobody_has_begun(
    people: People, actions: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, president, focal_point, elsewhere = [await people.person() for _ in range(4)]
    writing = person("author", grant("national_author", "country", "XA"))
    monkeypatch.setitem(CALLERS, "author", replace(writing, id=author))
    await people.holds(president, "committee_president", "country", "XA")
    await people.holds(focal_point, "government_focal_point", "country", "XA")
    await people.holds(elsewhere, "government_focal_point", "country", "XB")
    path = await programme(actions.known_as("author"))
    record = (await actions.known_as("author").get(path)).json()
    about = {"subject": UUID(record["id"]), "ref": record["ref"], "version": 1, "country": "XA", "link": path}
    for number, type_ in enumerate((PROGRAMME_REPORT_DUE, PROGRAMME_REPORT_DUE, PROGRAMME_REPORT_LATE)):
        async with unit_of_work(people.database, SYSTEM_CONTEXT) as uow:
            await Inbox(f"access{number}", REACTIONS).react(uow, [Fact(type=type_, time=now(), **about)])
    reminded = ["programme.report_due", "programme.report_late"]
    assert [await people.events(one) for one in (author, president, focal_point)] == [reminded] * 3
    assert await people.events(elsewhere) == []
    rows = await people.superuser.fetch("SELECT kind, link FROM access_notification WHERE account_id = $1", author)
    assert {(row["kind"], row["link"]) for row in rows} == {("progress_report", f"{PROGRAMMES}/{record['id']}")}
