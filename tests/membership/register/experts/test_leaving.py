"""Members leave the public directory by themselves and at once; experts change their country completely."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.clock import calendar
from tests.support.membership import EXPERTS, activated

At = Callable[[str | None], Caller]
STATISTICS = "/membership/v1/statistics"


async def _patched(who: Caller, path: str, **patch: Any) -> Any:
    return await who.patch(path, patch, etag=(await who.get(path)).headers["etag"])


async def _count(who: Caller, country: str) -> int:
    return int((await who.get(f"{STATISTICS}?by=country&country={country}")).json()["total"])


@pytest.mark.parametrize("visibility", ["network", "restricted"])
@pytest.mark.parametrize("status", ["active", "grace"])
async def test_a_member_leaves_the_public_directory_at_once(
    member: Any,
    anonymous: Caller,
    caller: At,
    superuser: asyncpg.Connection,
    visibility: str,
    status: str,
) -> None:
    who, record = await member(country="LI", visibility="public", names=[{"full": "Zqleaving"}], keywords=["zqleaving"])
    await superuser.execute("UPDATE member_expert SET status = $2 WHERE id = $1", record["id"], status)
    path = f"{EXPERTS}/{record['id']}"
    affiliation = await who.post(f"{path}/affiliations", {"raw": "Zqleaving College"})
    assert affiliation.status_code == 201, affiliation.text
    shown = await _count(anonymous, "LI")
    response = await _patched(who, path, visibility=visibility)
    assert (response.status_code, response.json()["visibility"]) == (200, visibility)
    for address in (path, f"{path}/affiliations", affiliation.headers["location"]):
        assert (await anonymous.get(address)).status_code == 404
    for query in ("q=zqleaving", "keyword=zqleaving", "country=LI", "country=LI&format=ndjson", "sort=-updated_at"):
        assert record["id"] not in (await anonymous.get(f"{EXPERTS}?{query}")).text
    assert await _count(anonymous, "LI") == shown - 1
    elsewhere = record["id"] in (await caller("author_xb").get(f"{EXPERTS}?q=zqleaving")).text
    assert elsewhere is (visibility == "network")
    tables = ("member_affiliation", "member_expert_value")
    for table in tables:
        rows = await superuser.fetch(f"SELECT DISTINCT visibility FROM {table} WHERE expert_id = $1", record["id"])
        assert [row["visibility"] for row in rows] == [visibility]
    fact = await superuser.fetchval(
        "SELECT visibility FROM core_outbox WHERE subject = $1 ORDER BY id DESC LIMIT 1", record["id"]
    )
    assert fact == visibility
    assert (await _patched(who, path, visibility="public")).status_code == 200
    assert (await anonymous.get(path)).status_code == 200


async def test_a_member_does_not_move_to_another_country_by_themselves(member: Any) -> None:
    who, record = await member(country="LI")
    refused = await _patched(who, f"{EXPERTS}/{record['id']}", country="XB")
    assert (refused.status_code, refused.json()["code"]) == (403, "country_forbidden")


async def test_a_move_needs_an_office_in_both_countries(admin: Caller, caller: At) -> None:
    record = await activated(admin, visibility="network")
    path = f"{EXPERTS}/{record['id']}"
    refused = await _patched(caller("author_xa"), path, country="XB")
    assert (refused.status_code, refused.json()["code"]) == (403, "country_forbidden")
    refused = await _patched(caller("author_xb"), path, country="XB")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert (await admin.get(path)).json()["version"] == record["version"]


async def test_whoever_moves_keeps_id_ref_and_history_and_is_counted_where_they_are(
    admin: Caller, caller: At, superuser: asyncpg.Connection
) -> None:
    record = await activated(admin, country="XA", visibility="restricted", keywords=["zqmoving"])
    path = f"{EXPERTS}/{record['id']}"
    await admin.post(f"{path}/affiliations", {"raw": "Zqmoving College"})
    before = {code: await _count(admin, code) for code in ("XA", "XB")}
    old, new = caller("author_xa"), caller("author_xb")
    assert ((await old.get(path)).status_code, (await new.get(path)).status_code) == (200, 404)
    moved = await _patched(caller("officer"), path, country="XB")
    assert moved.status_code == 200, moved.text
    assert [moved.json()[name] for name in ("id", "ref", "country")] == [record["id"], record["ref"], "XB"]
    assert {code: await _count(admin, code) for code in ("XA", "XB")} == {
        "XA": before["XA"] - 1,
        "XB": before["XB"] + 1,
    }
    for address in (path, f"{path}/affiliations", f"{path}/history"):
        assert (await old.get(address)).status_code == 404
        assert (await new.get(address)).status_code == 200
    assert record["id"] not in (await old.get(f"{EXPERTS}?keyword=zqmoving")).text
    assert record["id"] in (await new.get(f"{EXPERTS}?keyword=zqmoving")).text
    assert [one["raw"] for one in (await new.get(f"{path}/affiliations")).json()["items"]] == ["Zqmoving College"]
    lines = (await new.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["update", "approve", "start_review", "apply", "invite", "create"]
    assert lines[0]["changes"] == [{"pointer": "/country", "before": "XA", "after": "XB"}]
    facts = "SELECT country, country_left FROM core_outbox WHERE subject = $1 ORDER BY id DESC LIMIT 2"
    assert [tuple(row) for row in await superuser.fetch(facts, record["id"])] == [("XB", "XA"), ("XA", None)]
    for table in ("member_affiliation", "member_expert_value"):
        rows = await superuser.fetch(f"SELECT DISTINCT country FROM {table} WHERE expert_id = $1", record["id"])
        assert [row["country"] for row in rows] == ["XB"]
    etag = (await admin.get(path)).headers["etag"]
    assert (await old.patch(path, {"gender": "x"}, etag=etag)).status_code == 404
    assert (await new.patch(path, {"gender": "x"}, etag=etag)).status_code == 200


async def test_a_death_is_taken_back_within_thirty_days(
    admin: Caller, caller: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, clock = await activated(admin), calendar(monkeypatch)
    path, officer = f"{EXPERTS}/{record['id']}", caller("officer")
    assert (await officer.step(path, "mark_deceased", reason="A letter came")).status_code == 200
    clock.pass_days(30)
    undone = await officer.step(path, "unmark_deceased", reason="It was a namesake")
    assert (undone.status_code, undone.json()["status"]) == (200, "active")
    await officer.step(path, "mark_deceased", reason="Another letter came")
    clock.pass_days(31)
    (offered,) = [
        one for one in (await officer.get(path)).json()["allowed_actions"] if one["action"] == "unmark_deceased"
    ]
    assert (offered["allowed"], offered["reason"]) == (False, "too_late")
    refused = await officer.step(path, "unmark_deceased", reason="It was a namesake")
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_not_allowed")
    assert (refused.json()["reason"], refused.json()["current_state"]) == ("too_late", "deceased")
