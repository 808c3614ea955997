"""Authors, delegates and reviewers of a progress report are notified of what others do with it."""

from dataclasses import replace

import pytest

from tests.access.notifications.people import People
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
