"""Pairs are listed, decided by offices over both records, and closed by merges."""

from uuid import UUID

import asyncpg
import pytest

from services.membership.register.duplicates import operations, queries
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT, AccessContext
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.membership.register.duplicates.conftest import DUPLICATES, At, ended, entered, pairs_of, searched
from tests.support.callers import Caller
from tests.support.membership import EXPERTS


async def _pair(caller: Caller, family: str, **more: str) -> tuple[str, str, str]:
    """A pair's id, and those of its records in the order of their creation."""
    one = await entered(caller, "Philomena", family)
    other = await entered(caller, "Philomena", family, **more)
    (pair,) = await pairs_of(caller, one["id"])
    return pair["id"], one["id"], other["id"]


async def test_the_list_is_filtered_and_its_pages_go_by_score(office: Caller) -> None:
    for family in ("Pagemaker", "Pageturner", "Pageboyson"):
        await _pair(office, family)
    query = "resource=experts&status=open&sort=-score&limit=2"
    seen = await office.everything(f"{DUPLICATES}?{query}")
    assert len(seen) >= 3
    assert len({pair["id"] for pair in seen}) == len(seen)
    assert [pair["score"] for pair in seen] == sorted((pair["score"] for pair in seen), reverse=True)
    assert {"id", "a", "b", "score", "reasons"} <= seen[0].keys()
    assert all(pair["resource"] == "experts" for pair in seen)
    none = (await office.get(f"{DUPLICATES}?resource=experts&status=open&country=PK")).json()
    assert none == {"items": [], "next": None}


@pytest.mark.parametrize("query", ["resource=people", "status=gone", "sort=reasons", "record=x", "colour=red"])
async def test_a_bad_query_is_refused(office: Caller, query: str) -> None:
    assert (await office.get(f"{DUPLICATES}?{query}")).status_code == 400


async def test_a_pair_is_dismissed_with_a_reason_and_opened_again(office: Caller) -> None:
    pair, *_ = await _pair(office, "Decidedly")
    path = f"{DUPLICATES}/{pair}"
    assert (await office.post(f"{path}/transitions", {"action": "dismiss", "reason": "x"})).status_code == 428
    assert (await office.step(path, "dismiss")).status_code == 422
    done = await office.step(path, "dismiss", reason="Mother and daughter.")
    assert (done.status_code, done.json()["status"]) == (200, "dismissed")
    assert done.json()["dismissal"] == "Mother and daughter."
    assert done.json()["dismissed_by"].startswith("account:")
    assert (await office.step(path, "dismiss", reason="x")).status_code == 409
    again = await office.step(path, "reopen")
    assert (again.json()["status"], again.json()["dismissal"]) == ("open", None)
    assert again.headers["etag"] == (await office.get(path)).headers["etag"]
    lines = (await office.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["reopen", "dismiss", "create"]
    assert lines[1]["reason"] == "Mother and daughter."


async def test_a_dismissed_pair_comes_back_only_when_a_record_changes_in_what_is_compared(
    office: Caller, worker: None
) -> None:
    pair, one, _ = await _pair(office, "Revenantsky")
    path = f"{DUPLICATES}/{pair}"
    await office.step(path, "dismiss", reason="Two persons.")
    await _patch(office, one, {"keywords": ["soil"]})
    await searched(office)
    assert (await office.get(path)).json()["status"] == "dismissed"
    await _patch(office, one, {"orcid": "0000-0001-5109-3700"})
    await searched(office)
    assert (await office.get(path)).json()["status"] == "open"
    assert (await office.get(f"{path}/history")).json()["items"][0]["by"]["kind"] == "system"


async def test_a_pair_over_two_countries_is_for_who_covers_both(at: At, office: Caller) -> None:
    pair, one, _ = await _pair(office, "Borderliner", country="XB")
    path = f"{DUPLICATES}/{pair}"
    for name in ("author_xa", "author_xb", "government_xa", "focal_xa"):
        assert (await at(name).get(path)).status_code == 404, name
        assert pair not in {item["id"] for item in (await at(name).get(DUPLICATES)).json()["items"]}
        assert (await at(name).get(f"{path}/history")).status_code == 404
    assert (await at(None).get(path)).status_code == 401
    assert (await at("auditor").get(path)).status_code == 200
    assert (await at("auditor").step(path, "dismiss", reason="x")).status_code == 403
    assert pair in {item["id"] for item in await pairs_of(at("officer"), one)}
    assert (await at("officer").step(path, "dismiss", reason="Neighbours.")).status_code == 200


async def test_a_list_of_a_country_reads_its_pairs_but_does_not_decide(at: At, office: Caller) -> None:
    pair, *_ = await _pair(office, "Homelander")
    path = f"{DUPLICATES}/{pair}"
    assert (await at("author_xa").get(path)).status_code == 200
    assert (await at("author_xa").step(path, "dismiss", reason="x")).status_code == 403
    assert (await at("author_xb").get(path)).status_code == 404
    for name in ("reader_xa", "applicant"):
        assert (await at(name).get(path)).status_code == 404
        assert (await at(name).get(DUPLICATES)).json()["items"] == []


async def test_a_record_that_moves_takes_its_pair_along(at: At, office: Caller) -> None:
    pair, one, _ = await _pair(office, "Wandersmith")
    assert (await at("author_xa").get(f"{DUPLICATES}/{pair}")).status_code == 200
    await _patch(office, one, {"country": "XC"})
    assert (await at("author_xa").get(f"{DUPLICATES}/{pair}")).status_code == 404
    assert (await office.get(f"{DUPLICATES}/{pair}")).json()["country"] is None


async def test_without_a_context_no_pair_is_seen_and_no_other_countrys_is_written(
    office: Caller, settings: MembershipSettings
) -> None:
    pair, *_ = await _pair(office, "Wallflower", country="XB")
    database = await Database.open(settings.database_dsn(), size=1)
    async with database.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM member_duplicate") == 0
    half = AccessContext("public,network", "XA", "", "XA")
    async with unit_of_work(database, half) as uow:
        seen = await uow.connection.fetchval("SELECT count(*) FROM member_duplicate WHERE id = $1", UUID(pair))
        written = await uow.connection.execute("UPDATE member_duplicate SET score = 0 WHERE id = $1", UUID(pair))
        assert (seen, written) == (0, "UPDATE 0")
    await database.close()


async def test_a_merge_closes_the_losers_pairs_and_its_undo_opens_them_again(
    office: Caller, settings: MembershipSettings
) -> None:
    loser = await entered(office, "P.", "Triangulum")
    winner = await entered(office, "Philomena", "Triangulum")
    third = await entered(office, "Philomena", "Triangalum")
    database = await Database.open(settings.database_dsn(), size=1)
    before = await _states(office, loser["id"], winner["id"])
    both = UUID(winner["id"]), UUID(loser["id"])
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await operations.close_pairs(uow, "experts", *both)
    after = await _states(office, loser["id"], winner["id"])
    assert after[frozenset((loser["id"], winner["id"]))] == "merged"
    assert after[frozenset((winner["id"], third["id"]))] == "open"
    assert all(status == "merged" for pair, status in after.items() if loser["id"] in pair)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await operations.restore_pairs(uow, "experts", *both)
    assert await _states(office, loser["id"], winner["id"]) == before
    await database.close()


async def test_the_undo_of_a_merge_keeps_what_was_decided(office: Caller, settings: MembershipSettings) -> None:
    pair, one, other = await _pair(office, "Steadfastly")
    await office.step(f"{DUPLICATES}/{pair}", "dismiss", reason="Twins.")
    database = await Database.open(settings.database_dsn(), size=1)
    for undone in (operations.close_pairs, operations.restore_pairs):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await undone(uow, "experts", UUID(one), UUID(other))
    await database.close()
    after = (await office.get(f"{DUPLICATES}/{pair}")).json()
    assert (after["status"], after["dismissal"]) == ("dismissed", "Twins.")


async def test_the_pairs_of_an_erased_record_are_forgotten(
    office: Caller, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    _, one, other = await _pair(office, "Forgettable")
    await superuser.execute("UPDATE escm.member_expert SET erased_at = now() WHERE id = $1", UUID(one))
    database = await Database.open(settings.database_dsn(), size=1)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        lost = await queries.lost(uow.connection, "experts", queries.LAST, 1_000)
        await operations.drop_lost(uow, "experts", lost)
    await database.close()
    assert await pairs_of(office, other) == []


async def _states(caller: Caller, *records: str) -> dict[frozenset[str], str]:
    return {frozenset((p["a"], p["b"])): p["status"] for record in records for p in await pairs_of(caller, record)}


async def test_pairs_of_the_loser_go_to_the_winner(
    office: Caller, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    _, loser, third = await _pair(office, "Inheritance")
    winner = (await entered(office, "Completely", "Unlikesome"))["id"]
    database = await Database.open(settings.database_dsn(), size=1)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await operations.close_pairs(uow, "experts", UUID(winner), UUID(loser))
    (moved,) = await pairs_of(office, winner)
    assert {moved["a"], moved["b"]} == {winner, third}
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await operations.restore_pairs(uow, "experts", UUID(winner), UUID(loser))
    assert await pairs_of(office, winner) == []
    assert [pair["status"] for pair in await pairs_of(office, loser)] == ["open"]
    entries = await superuser.fetch("SELECT action FROM core_audit WHERE subject = $1", UUID(moved["id"]))
    assert sorted(row["action"] for row in entries) == ["create", "delete"]
    await database.close()


async def _patch(caller: Caller, record: str, body: object) -> None:
    path = f"{EXPERTS}/{record}"
    etag = (await caller.get(path)).headers["etag"]
    assert (await caller.patch(path, body, etag=etag)).status_code == 200


async def test_only_the_secretariat_orders_a_search(at: At, worker: None) -> None:
    for name in ("officer", "author_xa", "auditor", "applicant"):
        response = await at(name).post(f"{DUPLICATES}/searches", {"resource": "experts"})
        assert response.status_code == 403, name
    assert (await at("admin").post(f"{DUPLICATES}/searches", {"resource": "merges"})).status_code == 422
    job = await ended(at("admin"), await at("admin").post(f"{DUPLICATES}/searches", {"resource": "institutions"}))
    assert job["status"] == "succeeded"
