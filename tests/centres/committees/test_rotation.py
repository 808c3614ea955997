"""Seats rotate: terms are numbered, one more than the rotation allows needs a reason, and reminders are made once."""

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres.committees.seats import operations
from services.centres.committees.seats.domain import rotation_due
from services.centres.merges import EXPERTS
from shared.contracts.centres import SEAT_ENDING
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.centres import COMMITTEES, SEATS, Members, country_of_committees, entered, seated, stepped
from tests.support.clock import run_on

Record = dict[str, Any]
Enter = Callable[[str, str, str], Caller]
_ROTATION = {"years": 4, "terms": 2}


@pytest.fixture
async def committee(admin: Caller) -> AsyncIterator[Record]:
    """Its seats rotate after four years, with two terms."""
    async with country_of_committees(admin) as country:
        body = {"country": country, "names": {"en": "Rotating"}, "rotation": _ROTATION, "visibility": "public"}
        yield await entered(admin, COMMITTEES, body)


async def _seat(admin: Caller, committee: Record, years: str, **more: Any) -> Record:
    starts, _, ends = years.partition("-")
    office = more.pop("office", "member")
    body = {"person": {"name": "Amina Khan"}, "from": starts, "to": ends or None, **more}
    return await seated(admin, committee, office, **body)


async def _now(admin: Caller, record: Record) -> Record:
    return dict((await admin.get(record["links"]["self"])).json())


def test_a_rotation_is_due_years_after_the_first_day() -> None:
    assert rotation_due("2026-03-01", 4) == date(2030, 3, 1)
    assert rotation_due("2024-02-29", 1) == date(2025, 2, 28)
    assert rotation_due("2026", 4) == date(2030, 1, 1)
    assert [rotation_due(*given) for given in ((None, 4), ("2026", None), ("9999", 1))] == [None] * 3


async def test_a_third_term_needs_a_reason(admin: Caller, committee: Record) -> None:
    first, second = await _seat(admin, committee, "2018-2021"), await _seat(admin, committee, "2022-2025")
    assert [(one["term"], one["rotation_due"]) for one in (first, second)] == [(1, "2022-01-01"), (2, "2026-01-01")]
    body = {"committee_id": committee["id"], "person": {"name": "Amina Khan"}, "office": "member", "from": "2026"}
    refused = await admin.post(SEATS, body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "terms_exceeded")
    assert refused.json()["errors"][0]["pointer"] == "/reason"
    third = await entered(admin, SEATS, {**body, "reason": "Nobody else was proposed"})
    assert (third["term"], third["rotation_due"], third["reason"]) == (3, "2030-01-01", "Nobody else was proposed")
    blank = await admin.change(third["links"]["self"], reason=None)
    assert (blank.status_code, blank.json()["errors"][0]["code"]) == (422, "terms_exceeded")
    other = await seated(admin, committee, "member", person={"name": "Bela Second"}, **{"from": "2026"})
    president = await _seat(admin, committee, "2026", office="president")
    assert [one["term"] for one in (other, president)] == [1, 1], "of another person, in another office"


async def test_terms_are_numbered_again_when_a_seat_or_the_rotation_changes(admin: Caller, committee: Record) -> None:
    late = await _seat(admin, committee, "2022-2025")
    early = await _seat(admin, committee, "2018-2021")
    assert (early["term"], (await _now(admin, late))["term"]) == (1, 2)
    moved = await admin.change(early["links"]["self"], person={"name": "Another"})
    assert (moved.json()["term"], (await _now(admin, late))["term"]) == (1, 1)
    await admin.change(committee["links"]["self"], rotation={"years": 3, "terms": 1})
    shown = await _now(admin, late)
    assert (shown["rotation_due"], shown["version"]) == ("2025-01-01", 1)
    refused = await admin.change(early["links"]["self"], person={"name": "Amina Khan"}, **{"from": "2026", "to": None})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "terms_exceeded")
    await admin.change(committee["links"]["self"], rotation=None)
    assert (await _now(admin, late))["rotation_due"] is None
    assert (await _seat(admin, committee, "2026"))["term"] == 2, "no rotation, no bound"


async def test_terms_follow_a_merge_of_experts(
    admin: Caller, members: Members, committee: Record, database: Database
) -> None:
    country = committee["country"]
    winner, loser = await members.expert(country), await members.expert(country)
    kept = await _seat(admin, committee, "2018-2021", person={"expert_id": winner})
    moved = await _seat(admin, committee, "2022-2025", person={"expert_id": loser})
    assert moved["term"] == 1
    pair = {"resource": "experts", "winner_id": winner, "loser_id": loser}
    await entered(members.admin, "/membership/v1/merges", pair)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await EXPERTS.rewrite(uow, UUID(winner))
    assert [(await _now(admin, one))["term"] for one in (kept, moved)] == [1, 2]


@pytest.mark.parametrize(
    "rotation", [{"years": 0, "terms": 2}, {"years": 4, "terms": 11}, {"years": "4", "terms": 2}, 4]
)
async def test_a_rotation_is_checked(admin: Caller, committee: Record, rotation: Any) -> None:
    refused = await admin.change(committee["links"]["self"], rotation=rotation)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"][:9]) == (422, "/rotation")


async def test_the_reason_is_for_grants_that_cover_the_seat(
    admin: Caller, anonymous: Caller, committee: Record
) -> None:
    made = await _seat(admin, committee, "2026", reason="Asked by the ministry")
    assert made["reason"] == "Asked by the ministry"
    shown = await anonymous.known_as("author_xb").get(made["links"]["self"])
    assert "Asked by the ministry" not in shown.text


async def test_seats_that_end_before_a_day_are_found(admin: Caller, committee: Record) -> None:
    partial, exact = await _seat(admin, committee, "2018-2021"), await _seat(admin, committee, "2022-2030")
    rotating = await seated(admin, committee, "secretary", **{"from": "2024-05-01"})
    await admin.change(exact["links"]["self"], to="2025-06-30")

    async def ending(day: str) -> list[str]:
        found = await admin.get(f"{SEATS}?committee_id={committee['id']}&ends_before={day}&sort=created_at")
        return [one["id"] for one in found.json()["items"]]

    assert await ending("2021-12-31") == []
    assert await ending("2022-01-01") == [partial["id"]]
    assert await ending("2025-07-01") == [partial["id"], exact["id"]]
    assert await ending("2028-05-02") == [partial["id"], exact["id"], rotating["id"]]
    assert (await admin.get(f"{SEATS}?ends_before=soon")).status_code == 400


async def test_seats_are_reminded_of_90_and_30_days_before_once(
    admin: Caller, committee: Record, wide: Database, superuser: asyncpg.Connection
) -> None:
    ends = today() + timedelta(days=400)
    by_date = await seated(admin, committee, "secretary", to=ends.isoformat())
    by_rotation = await seated(admin, committee, "member", **{"from": "2026-05-01"})
    over = await seated(admin, committee, "president", to=ends.isoformat())
    await stepped(admin, over, "end")
    for seat, last in ((by_date, ends), (by_rotation, date(2030, 5, 1))):
        counted = []
        for days in (91, 90, 89, 31, 30, 29, 0):
            await run_on(last - timedelta(days=days), operations.remind, wide)
            counted.append(len(await _reminders(superuser, seat)))
        assert counted == [0, 1, 1, 1, 2, 2, 2]
    assert await _reminders(superuser, over) == []
    assert (await _now(admin, by_date))["version"] == 1


async def test_four_workers_remind_once_and_an_outage_delays(
    admin: Caller, committee: Record, wide: Database, superuser: asyncpg.Connection
) -> None:
    ends = today() + timedelta(days=500)
    late, missed = [
        await seated(admin, committee, office, to=(ends + timedelta(days=days)).isoformat())
        for office, days in (("secretary", 0), ("president", -1))
    ]
    await run_on(ends - timedelta(days=84), operations.remind, wide, workers=4)
    assert len(await _reminders(superuser, late)) == 1, "six days late"
    assert await _reminders(superuser, missed) == [], "seven days late"


async def _reminders(superuser: asyncpg.Connection, seat: Record) -> list[str]:
    rows = await superuser.fetch(
        "SELECT type FROM core_outbox WHERE subject = $1 AND type = $2", UUID(seat["id"]), SEAT_ENDING
    )
    return [row["type"] for row in rows]


async def test_a_seat_whose_rotation_is_due_waits(admin: Caller, committee: Record, entering: Enter) -> None:
    secretary = entering("committee_secretary", "country", committee["country"])
    due, later = [
        await seated(admin, committee, "member", **{"from": f"{today().year - years}-01-01"}) for years in (4, 2)
    ]

    async def waiting() -> list[Record]:
        items = (await secretary.get("/centres/v1/work_list?kind=seats")).json()["items"]
        return [one for one in items if one["id"] in (due["id"], later["id"])]

    items = await waiting()
    assert [(one["id"], one["action"], one["due"][:10]) for one in items] == [(due["id"], "end", due["rotation_due"])]
    held = (await secretary.get(f"{SEATS}?holder=me&committee_id={committee['id']}")).json()["items"]
    assert [one["id"] for one in held] == [due["id"]] != [later["id"]]
    await stepped(secretary, due, "end")
    assert await waiting() == []
