"""Who uploaded a file is notified when it is quarantined, the secretariat included."""

from dataclasses import replace

import pytest

from tests.access.notifying.notifications.people import People
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.evidence import evidence


async def test_an_officer_is_notified_of_the_quarantine_of_an_own_file(
    people: People, actions: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploader, colleague = await people.person(), await people.person()
    for officer in (uploader, colleague):
        await people.holds(officer, "secretariat_officer", "country", "XA")
    caller = person("uploader", grant("secretariat_officer", "country", "XA"))
    monkeypatch.setitem(CALLERS, "uploader", replace(caller, id=uploader))
    path = await evidence(actions.known_as("uploader"))
    await people.announce("escm.actions.evidence.quarantined.v1", (await actions.get(path)).json())
    assert [await people.events(one) for one in (uploader, colleague)] == [["evidence.quarantined"], []]
