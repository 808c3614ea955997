"""Editions have an outline, days, and a call that opens and closes by hand and by time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.actions.global_report.contributions.operations import drop_abandoned
from services.actions.global_report.editions.operations import apply_scheduled
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import to_text
from tests.support.callers import Caller
from tests.support.centres import entered, refused, stepped
from tests.support.clock import calendar
from tests.support.editions import (
    CONTRIBUTIONS,
    EDITIONS,
    OUTLINE,
    contribution_body,
    edition,
    edition_body,
    editor,
)

Callers = Callable[[str | None], Caller]


async def follow(database: Database) -> None:
    """What the worker does once a minute."""
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await apply_scheduled(uow)
        await drop_abandoned(uow)


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"outline": [OUTLINE[1]]}, "/outline/0/parent", "unknown_reference"),
        ({"outline": [OUTLINE[0], OUTLINE[0]]}, "/outline/1/key", "not_unique"),
        ({"outline": [{**OUTLINE[0], "parent": "part"}]}, "/outline/0/parent", "out_of_range"),
        ({"outline": [{**OUTLINE[0], "country": "XA"}]}, "/outline/0/country", "invalid_value"),
        ({"outline": [{**OUTLINE[2], "country": None}]}, "/outline/0/country", "invalid_value"),
        (
            {
                "outline": [
                    {"key": f"l{n}", "titles": {"en": "x"}, "parent": f"l{n - 1}" if n else None} for n in range(4)
                ]
            },
            "/outline/3/parent",
            "out_of_range",
        ),
        (
            {"call": {"opens": "2027-02-01T00:00:00Z", "closes": "2027-01-01T00:00:00Z"}},
            "/call/closes",
            "invalid_date",
        ),
        (
            {"call": None, "deadlines": {"draft": "2027-03-01", "review": "2027-02-01", "final": "2027-04-01"}},
            "/deadlines/review",
            "invalid_date",
        ),
        ({"outline": []}, "/outline", "too_short"),
    ],
)
async def test_what_does_not_fit_is_named(admin: Caller, change: dict[str, object], pointer: str, code: str) -> None:
    response = await admin.post(EDITIONS, edition_body(**change))
    assert response.status_code == 422, response.text
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in response.json()["errors"]]


async def test_a_year_has_each_number_once(admin: Caller) -> None:
    body = edition_body()
    await entered(admin, EDITIONS, body)
    again = await admin.post(EDITIONS, body)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/number")


async def test_a_call_opens_and_closes_by_hand(
    admin: Caller, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await edition(admin, call=None, deadlines=None)
    path, chief = made["links"]["self"], editor(admin, made, monkeypatch, "editor_in_chief")
    assert (await anonymous.get(path)).status_code == 404
    assert await refused(chief, made, "open_call") == "call_missing"
    changed = edition_body()
    await chief.change(path, call=changed["call"])
    assert await refused(chief, made, "open_call") == "deadlines_missing"
    await chief.change(path, deadlines=changed["deadlines"])
    opened = await stepped(chief, made, "open_call")
    assert opened["call"]["opens"] < changed["call"]["opens"], "the call opens before its time"
    assert (await anonymous.get(path)).json()["status"] == "call"
    assert (await chief.change(path, call=changed["call"])).status_code == 409
    closed = await stepped(chief, made, "close_call")
    assert (closed["status"], closed["call"]["closes"] < changed["call"]["closes"]) == ("writing", True)


async def test_a_call_opens_and_closes_by_time(
    admin: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, clock = await edition(admin), calendar(monkeypatch)
    seen = []
    for days in (0, 1, 5):
        clock.pass_days(days)
        await follow(database)
        seen.append((await admin.get(made["links"]["self"])).json()["status"])
    assert seen == ["draft", "call", "writing"]
    lines = (await admin.get(f"{made['links']['self']}/history")).json()["items"]
    assert [(line["action"], line["by"]["kind"]) for line in lines[:2]] == [
        ("close_call", "system"),
        ("open_call", "system"),
    ]


async def test_a_call_that_is_over_does_not_open(admin: Caller, database: Database) -> None:
    now = datetime.now(UTC)
    call = {"opens": to_text(now - timedelta(days=3)), "closes": to_text(now - timedelta(days=1))}
    made = await edition(admin, call=call)
    await follow(database)
    assert await refused(admin, made, "open_call") == "deadline_passed"


async def test_places_that_are_written_for_stay(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await edition(admin, "open_call")
    await entered(editor(admin, made, monkeypatch), CONTRIBUTIONS, contribution_body(made))
    gone = await admin.change(made["links"]["self"], outline=[OUTLINE[2]])
    assert (gone.status_code, gone.json()["errors"][0]["code"]) == (422, "in_use")
    assert (await admin.change(made["links"]["self"], outline=OUTLINE[:2])).status_code == 200


async def test_an_abandoned_edition_drops_what_is_open(
    admin: Caller, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await edition(admin, "open_call")
    chief = editor(admin, made, monkeypatch, "editor_in_chief")
    text = await entered(chief, CONTRIBUTIONS, contribution_body(made))
    assert (await chief.step(made["links"]["self"], "abandon")).status_code == 422
    await stepped(chief, made, "abandon", reason="no money")
    await follow(database)
    assert (await chief.get(text["links"]["self"])).json()["status"] == "dropped"
    assert (await chief.post(CONTRIBUTIONS, contribution_body(made))).status_code == 409
    assert (await chief.change(made["links"]["self"], titles={"en": "Never"})).status_code == 409


async def test_only_the_secretariat_opens_editions(
    admin: Caller, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await edition(admin)
    for name in ("officer", "focal_xa", "author_xa"):
        assert (await caller(name).post(EDITIONS, edition_body())).status_code == 403
    plain = editor(admin, made, monkeypatch)
    assert (await plain.post(EDITIONS, edition_body())).status_code == 403
    assert (await plain.step(made["links"]["self"], "open_call")).status_code == 403
    assert (await plain.change(made["links"]["self"], titles={"en": "Mine"})).status_code == 403
