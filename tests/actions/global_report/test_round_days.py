"""The days of rounds of review stand in calendars of who may know of the rounds."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from shared.kernel.clock import now, to_text
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.editions import CONTRIBUTIONS, contribution_body, edition, editor
from tests.support.review import official


async def days_of(me: Caller, **more: Any) -> dict[str, str]:
    """The summaries of the events of a new calendar by UID."""
    made = await me.post("/actions/v1/calendars", {"kinds": ["review_rounds"], "language": "fr", **more})
    assert made.status_code == 201, made.text
    feed = await Caller(me._client, None).get(made.json()["url"])
    assert feed.status_code == 200, feed.text
    return {str(event["uid"]): str(event["summary"]) for event in Calendar.from_ical(feed.content).walk("VEVENT")}


async def test_rounds_stand_in_calendars_of_who_knows_of_them(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    of = await edition(admin, "open_call", titles={"en": "Report", "fr": "Rapport"})
    chief, focal = editor(admin, of, monkeypatch), official(admin, monkeypatch, "XB")
    text = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    instants = {"opens": to_text(now() + timedelta(days=3)), "closes": to_text(now() + timedelta(days=20))}
    body = {**instants, "audience": "governments", "contributions": [text["id"]]}
    made = await entered(chief, f"{of['links']['self']}/review_rounds", body)
    expected = {
        f"{made['id']}-round_opens@escm": "Ouverture de la relecture: Rapport, 1",
        f"{made['id']}-round_closes@escm": "Clôture de la relecture: Rapport, 1",
    }
    assert (await days_of(chief)).items() >= expected.items()
    assert not await days_of(chief, country="XA"), "rounds belong to no country"
    assert expected.keys().isdisjoint(await days_of(focal)), "it has not opened"
    await stepped(chief, made, "open")
    assert (await days_of(focal)).items() >= expected.items()
    assert expected.keys().isdisjoint(await days_of(official(admin, monkeypatch, "XA", "national_author")))
    await stepped(chief, made, "close")
    await stepped(chief, made, "complete")
    assert expected.keys().isdisjoint(await days_of(focal)), "the round has ended"
