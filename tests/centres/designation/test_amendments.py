"""Amendments prolong the agreement that they amend, and agreements remind of their end."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.centres.designation.agreements import operations as agreements
from shared.contracts import centres as facts
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.centres import (
    AGREEMENTS,
    Members,
    applied,
    entered,
    host_agreement,
    signed_by_all,
    stepped,
    unused_country,
)
from tests.support.clock import run_on

Record = dict[str, Any]


def _day(days: int) -> str:
    return (today() + timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def country() -> str:
    """The country of these tests."""
    return unused_country()


@pytest.fixture
async def centre(admin: Caller, members: Members, country: str) -> Record:
    return await applied(admin, members, country)


async def _agreement(admin: Caller, centre: Record, *, signed: bool = True, **more: Any) -> Record:
    return await entered(admin, AGREEMENTS, {**host_agreement(centre, signed=signed), **more})


async def _read(by: Caller, agreement: Record) -> Record:
    return dict((await by.get(agreement["links"]["self"])).json())


async def _signed(admin: Caller, agreement: Record) -> Record:
    return await signed_by_all(await stepped(admin, agreement, "send"), admin)


async def test_an_amendment_in_force_prolongs_the_agreement(admin: Caller, centre: Record) -> None:
    original = await _agreement(admin, centre, expires=_day(100))
    assert (original["amends_id"], (await _read(admin, original))["amendments"]) == (None, [])
    amendment = await _agreement(admin, centre, signed=False, amends_id=original["id"], expires=_day(900))
    shown = await _read(admin, original)
    assert (shown["expires"], shown["amendments"]) == (
        _day(100),
        [
            {
                "id": amendment["id"],
                "ref": amendment["ref"],
                "status": "drafting",
                "effective": None,
                "expires": _day(900),
            }
        ],
    )
    await _signed(admin, amendment)
    shown = await _read(admin, original)
    assert (shown["expires"], shown["status"], shown["amendments"][0]["status"]) == (_day(900), "in_force", "in_force")
    found = (await admin.get(AGREEMENTS, params={"amends_id": original["id"]})).json()["items"]
    assert [one["id"] for one in found] == [amendment["id"]]


async def test_an_amendment_of_an_amendment_prolongs_both(admin: Caller, centre: Record) -> None:
    original = await _agreement(admin, centre, expires=_day(100))
    second = await _agreement(admin, centre, amends_id=original["id"])
    assert (await _read(admin, original))["expires"] == _day(100)
    await _agreement(admin, centre, amends_id=second["id"], expires=_day(50))
    assert [(await _read(admin, one))["expires"] for one in (original, second)] == [_day(50), _day(50)]


async def test_an_agreement_that_has_ended_is_not_prolonged(admin: Caller, centre: Record) -> None:
    original = await _agreement(admin, centre, expires=_day(100))
    amendment = await _agreement(admin, centre, signed=False, amends_id=original["id"], expires=_day(900))
    await stepped(admin, original, "terminate", reason="By the host")
    assert (await _signed(admin, amendment))["status"] == "in_force"
    assert (await _read(admin, original))["expires"] == _day(100)


async def test_only_an_agreement_of_the_centre_in_force_is_amended(
    admin: Caller, members: Members, centre: Record
) -> None:
    other = await applied(admin, members, centre["country"])
    of_other = await _agreement(admin, other)
    draft = await _agreement(admin, centre, signed=False)
    unknown = "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"
    for named, code in (
        (of_other["id"], "unknown_reference"),
        (unknown, "unknown_reference"),
        (draft["id"], "invalid_value"),
    ):
        response = await admin.post(AGREEMENTS, {**host_agreement(centre), "amends_id": named})
        (fault,) = response.json()["errors"]
        assert (response.status_code, fault["pointer"], fault["code"]) == (422, "/amends_id", code)
    response = await admin.change(draft["links"]["self"], amends_id=draft["id"])
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "invalid_value")
    original = await _agreement(admin, centre)
    response = await admin.change(draft["links"]["self"], amends_id=original["id"])
    assert (response.status_code, response.json()["amends_id"]) == (200, original["id"])


async def test_the_list_has_what_expires_before_a_day(admin: Caller, centre: Record, anonymous: Caller) -> None:
    early, _, _ = [await _agreement(admin, centre, expires=_day(days)) for days in (10, 20, 30)]
    endless = await _agreement(admin, centre)
    query = {"centre_id": centre["id"], "expires_before": _day(20)}
    found = (await admin.get(AGREEMENTS, params=query)).json()["items"]
    assert [one["id"] for one in found] == [early["id"]]
    assert endless["expires"] is None
    assert (await admin.get(AGREEMENTS, params={"expires_before": "soon"})).status_code == 400
    assert (await anonymous.get(early["links"]["self"])).status_code == 401


async def test_a_director_of_another_centre_sees_neither(
    admin: Caller, members: Members, centre: Record, entering: Callable[[str, str, str], Caller]
) -> None:
    other = await applied(admin, members, centre["country"])
    original = await _agreement(admin, centre)
    await _agreement(admin, centre, amends_id=original["id"])
    assert (await entering("centre_director", "centre", other["id"]).get(original["links"]["self"])).status_code == 404
    own = entering("centre_director", "centre", centre["id"])
    assert len((await _read(own, original))["amendments"]) == 1


async def _reminders(superuser: asyncpg.Connection, agreement: Record) -> int:
    query = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
    return int(await superuser.fetchval(query, UUID(agreement["id"]), facts.AGREEMENT_EXPIRING))


async def test_an_agreement_has_three_reminders(
    admin: Caller, centre: Record, database: Database, superuser: asyncpg.Connection
) -> None:
    ends = date(2041, 6, 30)
    agreement = await _agreement(admin, centre, expires=ends.isoformat())
    counted = []
    for days in (181, 180, 179, 90, 31, 24, 1, 0, -1):
        for _ in range(2):
            await run_on(ends - timedelta(days=days), agreements.remind, database)
        counted.append(await _reminders(superuser, agreement))
    assert counted == [0, 1, 1, 2, 2, 3, 3, 3, 3]


async def test_a_prolonged_agreement_is_reminded_of_its_new_end_by_four_workers_once(
    admin: Caller, centre: Record, wide: Database, superuser: asyncpg.Connection
) -> None:
    ends = date(2042, 6, 30)
    agreement = await _agreement(admin, centre, expires=ends.isoformat())
    await run_on(ends - timedelta(days=30), agreements.remind, wide, workers=4)
    assert await _reminders(superuser, agreement) == 1
    later = ends + timedelta(days=365)
    await _agreement(admin, centre, amends_id=agreement["id"], expires=later.isoformat())
    await run_on(ends - timedelta(days=20), agreements.remind, wide)
    assert await _reminders(superuser, agreement) == 1
    await run_on(later - timedelta(days=90), agreements.remind, wide, workers=4)
    assert await _reminders(superuser, agreement) == 2


async def test_an_ended_agreement_is_not_reminded(
    admin: Caller, centre: Record, database: Database, superuser: asyncpg.Connection
) -> None:
    ends = date(2043, 6, 30)
    agreement = await _agreement(admin, centre, expires=ends.isoformat())
    await stepped(admin, agreement, "terminate", reason="By the host")
    await run_on(ends - timedelta(days=90), agreements.remind, database)
    assert await _reminders(superuser, agreement) == 0
