"""The end of a term: a grace period, then a lapsed membership, both by schedule."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from services.membership.register.experts.queries import lock_over
from services.membership.worker import SCHEDULES
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated


def _ago(days: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=days)


async def _ended(superuser: asyncpg.Connection, expert: dict[str, Any], days: int) -> None:
    """Moves the term's last day to so many days ago."""
    await superuser.execute(
        "UPDATE member_expert SET term_starts = $2, term_ends = $3 WHERE id = $1",
        expert["id"],
        _ago(days + 1460),
        _ago(days),
    )


async def _tick(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SCHEDULES["end_terms"].run(uow)


async def _status(admin: Caller, expert: dict[str, Any]) -> tuple[str, int]:
    record = (await admin.get(f"{EXPERTS}/{expert['id']}")).json()
    return record["status"], record["version"]


async def test_a_term_ends_in_grace_and_then_lapses(
    admin: Caller, anonymous: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await activated(admin, visibility="public", names=[{"full": "Ending Term"}])
    path, version = f"{EXPERTS}/{expert['id']}", expert["version"]
    for days, status, steps in ((0, "active", 0), (1, "grace", 1), (90, "grace", 1), (91, "lapsed", 2)):
        await _ended(superuser, expert, days)
        for _ in range(2):
            await _tick(database)
            assert await _status(admin, expert) == (status, version + steps), days
        assert (await anonymous.get(path)).status_code == (404 if status == "lapsed" else 200)
    lines = (await admin.get(f"{path}/history?limit=2")).json()["items"]
    assert [(line["action"], line["from"], line["to"], line["by"]["kind"]) for line in lines] == [
        ("expire", "grace", "lapsed", "system"),
        ("expire", "active", "grace", "system"),
    ]
    facts = await superuser.fetch(
        "SELECT type, version FROM core_outbox WHERE subject = $1 ORDER BY id DESC LIMIT 2", expert["id"]
    )
    assert [(fact["type"], fact["version"]) for fact in facts] == [
        ("escm.membership.expert.lapsed.v1", version + 2),
        ("escm.membership.expert.grace.v1", version + 1),
    ]


async def test_a_lapsed_expert_is_renewed_for_a_new_term(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await activated(admin)
    await _ended(superuser, expert, 400)
    await _tick(database)
    await _tick(database)
    assert (await _status(admin, expert))[0] == "lapsed"
    await superuser.execute(
        "UPDATE member_expert SET profile_confirmed_on = $2, conflict_of_interest_on = $2 WHERE id = $1",
        expert["id"],
        _ago(0),
    )
    renewed = (await admin.step(f"{EXPERTS}/{expert['id']}", "renew")).json()
    assert (renewed["status"], renewed["term"]["starts"]) == ("active", _ago(0).isoformat())
    await _tick(database)
    assert await _status(admin, expert) == ("active", renewed["version"])


async def _renewable(superuser: asyncpg.Connection, expert: dict[str, Any], days_left: int) -> None:
    """Moves the term so that so many days of it are left, and enters what a renewal asks for."""
    await _ended(superuser, expert, -days_left)
    today_too = "UPDATE member_expert SET profile_confirmed_on = $2, conflict_of_interest_on = $2 WHERE id = $1"
    await superuser.execute(today_too, expert["id"], _ago(0))


async def test_an_early_renewal_is_shown_from_its_first_day(
    admin: Caller, anonymous: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await activated(admin, visibility="public", names=[{"full": "Early Renewal"}])
    path = f"{EXPERTS}/{expert['id']}"
    await _renewable(superuser, expert, 30)
    present = (await admin.get(path)).json()["term"]
    for _ in range(2):
        renewed = (await admin.step(path, "renew")).json()
        assert (renewed["status"], renewed["term"]) == ("active", present)
        assert renewed["next_term"]["starts"] == _ago(-31).isoformat(), "once more is no further term"
    shown = (await anonymous.get(path)).json()
    assert (shown["term"], shown["next_term"]) == (present, renewed["next_term"])
    await _tick(database)
    assert (await admin.get(path)).json()["version"] == renewed["version"]

    await superuser.execute("UPDATE member_expert SET next_term_starts = $2 WHERE id = $1", expert["id"], _ago(0))
    await _ended(superuser, expert, 1)
    for _ in range(2):
        await _tick(database)
        begun = (await anonymous.get(path)).json()
        assert (begun["status"], begun["next_term"]) == ("active", None)
        assert begun["term"] == {"starts": _ago(0).isoformat(), "ends": renewed["next_term"]["ends"]}
    line = (await admin.get(f"{path}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["by"]["kind"]) == ("begin_term", "system")


async def test_a_renewal_that_begins_at_once_takes_the_place_of_the_present_term(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    expert = await activated(admin)
    await _renewable(superuser, expert, 30)
    renewed = (await admin.step(f"{EXPERTS}/{expert['id']}", "renew", fields={"starts": _ago(0).isoformat()})).json()
    assert (renewed["term"]["starts"], renewed["next_term"]) == (_ago(0).isoformat(), None)


async def test_a_next_term_begins_for_who_is_suspended(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await activated(admin)
    path = f"{EXPERTS}/{expert['id']}"
    await _renewable(superuser, expert, 30)
    await admin.step(path, "renew")
    await admin.step(path, "suspend", reason="Inquiry")
    await superuser.execute("UPDATE member_expert SET next_term_starts = $2 WHERE id = $1", expert["id"], _ago(0))
    await _tick(database)
    begun = (await admin.get(path)).json()
    assert (begun["status"], begun["term"]["starts"], begun["next_term"]) == ("suspended", _ago(0).isoformat(), None)


async def test_time_passes_by_who_is_suspended_or_merged_and_ends_the_term_of_who_was_erased(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    suspended, merged, erased = [await activated(admin) for _ in range(3)]
    path = f"{EXPERTS}/{suspended['id']}"
    await admin.step(path, "suspend", reason="Inquiry")
    for expert in (suspended, merged, erased):
        await _ended(superuser, expert, 30)
    await superuser.execute("UPDATE member_expert SET merged_into = $2 WHERE id = $1", merged["id"], suspended["id"])
    await superuser.execute("UPDATE member_expert SET erased_at = now() WHERE id = $1", erased["id"])
    await _tick(database)
    rows = await superuser.fetch(
        "SELECT status FROM member_expert WHERE id = ANY($1) ORDER BY id",
        [expert["id"] for expert in (suspended, merged, erased)],
    )
    assert [row["status"] for row in rows] == ["suspended", "active", "grace"]
    assert (await admin.step(path, "reinstate")).json()["status"] == "active"
    await _tick(database)
    assert (await _status(admin, suspended))[0] == "grace"


async def test_the_longest_ended_come_first_and_whoever_is_being_changed_waits(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    experts = [await activated(admin) for _ in range(3)]
    for days, expert in zip((60, 80, 70), experts, strict=True):
        await _ended(superuser, expert, days)
    async with superuser.transaction():
        await superuser.execute("SELECT FROM member_expert WHERE id = $1 FOR UPDATE", experts[1]["id"])
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            found = await lock_over(uow.connection, _ago(0), 1)
        assert [str(expert.id) for expert in found] == [experts[2]["id"]]
        await _tick(database)
        assert [(await _status(admin, expert))[0] for expert in experts] == ["grace", "active", "grace"]
    await _tick(database)
    assert (await _status(admin, experts[1]))[0] == "grace"


async def test_a_member_confirms_their_profile_and_an_administrator_does_it_for_them(
    member: Any, admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    who, record = await member()
    path = f"{EXPERTS}/{record['id']}"
    assert record["profile_confirmed_on"] is None
    for one in (who, admin):
        confirmed = await one.step(path, "confirm_profile")
        assert (confirmed.status_code, confirmed.json()["profile_confirmed_on"]) == (200, _ago(0).isoformat())
    assert (await caller("officer").step(path, "confirm_profile")).status_code == 403
    reasons = {action["action"]: action["reason"] for action in (await admin.get(path)).json()["allowed_actions"]}
    assert reasons["renew"] == "conflict_of_interest_missing"
