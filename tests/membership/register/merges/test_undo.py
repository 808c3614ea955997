"""A merge is undone: both records are as before, and later edits are reported."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.membership.register.merges.following import follow_institution, follow_institutions
from shared.audit.details import erase_details
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.institutions import submitted
from tests.support.membership import EXPERTS, INSTITUTIONS, activated, entered
from tests.support.merges import MERGES, merge_body, merged, read, undone

_MOVING = ("version", "updated_at", "updated_by", "allowed_actions")


def _shown(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in _MOVING}


def _works(affiliations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(({**work, "version": 0} for work in affiliations), key=lambda work: work["id"])


async def _affiliated(caller: Caller, expert: dict[str, Any], **body: Any) -> dict[str, Any]:
    response = await caller.post(f"{EXPERTS}/{expert['id']}/affiliations", body)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def _patched(caller: Caller, record: dict[str, Any], **patch: Any) -> dict[str, Any]:
    path = record["links"]["self"]
    response = await caller.patch(path, patch, etag=(await caller.get(path)).headers["etag"])
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_both_records_are_as_before(admin: Caller) -> None:
    place = await submitted(admin, uuid4().hex)
    winner = await activated(admin, keywords=["Soil"], gender=None)
    loser = await activated(admin, country="XB", keywords=["Forests"], gender="x", emails=[{"value": "b@example.org"}])
    for expert in (winner, loser):
        await _affiliated(admin, expert, institution_id=place["id"], role="Reader", primary=True)
    await _affiliated(admin, loser, raw="A museum", primary=True)
    before = [await read(admin, record) for record in (winner, loser)]
    merge = await merged(admin, winner, loser, country="loser")
    now = await undone(admin, merge)
    assert (now["status"], now["conflicts"], now["allowed_actions"]) == ("undone", None, [])
    after = [await read(admin, record) for record in (winner, loser)]
    for old, new in zip(before, after, strict=True):
        assert _works(new.pop("affiliations")) == _works(old.pop("affiliations"))
        assert _shown(new) == _shown(old)
        assert new["version"] == old["version"] + 2
        lines = (await admin.get(f"{old['links']['self']}/history")).json()["items"]
        assert [line["action"] for line in lines[:2]] == ["unmerge", "merge"]
    again = await admin.step(f"{MERGES}/{merge['id']}", "undo")
    assert (again.status_code, again.json()["reason"]) == (409, "not_in_this_state")


async def test_a_value_that_is_taken_over_brings_its_source_and_takes_it_back(
    admin: Caller, caller: Callable[[str | None], Caller], superuser: asyncpg.Connection
) -> None:
    """Languages are united; the winner's own word on its category is replaced."""
    winner = await entered(admin, languages=["en"], category="expert")
    loser = await entered(admin, languages=["fr"], gender="x", orcid="0000-0002-1825-0097")
    await _patched(admin, winner, category="fellow")
    await _patched(caller("author_xa"), loser, category="honorary", gender="y")
    mine, theirs = [(await read(admin, record))["asserted"] for record in (winner, loser)]
    kept = "SELECT asserted FROM member_expert WHERE id = $1"
    before = await superuser.fetchval(kept, winner["id"])
    body = merge_body(winner, loser, category="loser")
    shown = (await admin.post(f"{MERGES}?dry_run=true", body)).json()["record"]
    merge = await merged(admin, winner, loser, category="loser")
    now = await read(admin, winner)
    assert now["asserted"] == shown["asserted"]
    assert now["asserted"] == {**mine, **{name: theirs[name] for name in ("category", "gender", "orcid")}}
    assert (now["asserted"]["gender"]["by"], now["asserted"]["orcid"]["at"]) == ("government", loser["created_at"])
    await _patched(admin, winner, gender="z")
    said = (await read(admin, winner))["asserted"]["gender"]
    await undone(admin, merge, gender="keep")
    after = await superuser.fetchval(kept, winner["id"])
    assert {**json.loads(before), "gender": said} == json.loads(after)


async def test_institutions_go_apart_with_what_names_them(admin: Caller, database: Database) -> None:
    winner, loser = await submitted(admin, uuid4().hex), await submitted(admin, uuid4().hex, domains=["x.example"])
    one, two = await entered(admin), await entered(admin, country="XC", visibility="restricted")
    await _affiliated(admin, one, institution_id=winner["id"])
    works = [await _affiliated(admin, expert, institution_id=loser["id"]) for expert in (one, two)]
    before = await read(admin, winner)
    merge = await merged(admin, winner, loser)
    later = await _affiliated(admin, two, institution_id=winner["id"], role="Later")
    await undone(admin, merge)
    assert _shown(await read(admin, winner)) == _shown(before)
    for work in works:
        assert (await read(admin, work))["institution_id"] == loser["id"]
    assert (await read(admin, later))["institution_id"] == winner["id"]


async def test_what_was_edited_since_is_asked_about(admin: Caller, caller: Callable[[str | None], Caller]) -> None:
    winner = await entered(admin, keywords=["Soil"], languages=["en"])
    loser = await entered(admin, keywords=["Forests"], languages=["fr"], biography={"en": "A life"})
    merge = await merged(admin, winner, loser)
    await _patched(admin, winner, keywords=["Soil", "Forests", "Ice"], biography={"en": "A longer life"}, gender="x")
    path = f"{MERGES}/{merge['id']}"
    conflicts = (await admin.get(path)).json()["conflicts"]
    assert {
        "field": "keywords",
        "before": ["Soil"],
        "merged": ["Soil", "Forests"],
        "now": ["Soil", "Forests", "Ice"],
    } in conflicts
    assert {conflict["field"] for conflict in conflicts} == {"keywords", "biography"}
    for resolve in ({}, {"keywords": "keep"}):
        refused = await admin.step(path, "undo", fields={"resolve": resolve})
        problem = refused.json()
        assert (refused.status_code, problem["code"]) == (409, "transition_not_allowed")
        assert (problem["reason"], problem["current_state"]) == ("edited_since", "merged")
        assert sorted(problem["conflicts"]) == sorted({"keywords", "biography"} - set(resolve))
        assert "Ice" not in refused.text
    for bad in ({"keywords": "guess"}, {"gender": "keep"}, {"nothing": "keep"}):
        assert (await admin.step(path, "undo", fields={"resolve": bad})).status_code == 422
    await undone(admin, merge, keywords="keep", biography="restore")
    now = await read(admin, winner)
    assert (now["keywords"], now["biography"]) == (["Soil", "Forests", "Ice"], {})
    assert (now["languages"], now["gender"]) == (["en"], "x")
    assert (await read(admin, loser))["keywords"] == ["Forests"]


async def test_affiliations_go_back_with_their_edits_and_later_ones_stay(admin: Caller) -> None:
    winner, loser = await entered(admin), await entered(admin)
    work = await _affiliated(admin, loser, raw="A museum")
    merge = await merged(admin, winner, loser)
    moved = f"{EXPERTS}/{winner['id']}/affiliations/{work['id']}"
    etag = (await admin.get(moved)).headers["etag"]
    assert (await admin.patch(moved, {"role": "Keeper"}, etag=etag)).status_code == 200
    stale = await admin.patch(moved, {"role": "Other"}, etag=f'"{work["version"]}.0"')
    assert stale.status_code == 412
    later = await _affiliated(admin, winner, raw="A garden")
    await undone(admin, merge)
    assert (await read(admin, work))["role"] == "Keeper"
    assert [item["id"] for item in (await admin.get(f"{EXPERTS}/{winner['id']}/affiliations")).json()["items"]] == [
        later["id"]
    ]


async def test_merges_are_taken_back_the_latest_first(admin: Caller) -> None:
    one, two, three, four = [await entered(admin, keywords=[uuid4().hex]) for _ in range(4)]
    before = [_shown(await read(admin, record)) for record in (one, two, three, four)]
    first, second, third = (
        await merged(admin, one, two),
        await merged(admin, one, three),
        await merged(admin, four, one),
    )
    refused = await admin.step(f"{MERGES}/{first['id']}", "undo")
    assert (refused.status_code, refused.json()["reason"]) == (409, "winner_merged")
    await undone(admin, third)
    offers = (await admin.get(f"{MERGES}/{first['id']}")).json()["allowed_actions"]
    assert [(offer["allowed"], offer["reason"]) for offer in offers] == [(False, "later_merge")]
    for merge in (second, first):
        await undone(admin, merge)
    assert [_shown(await read(admin, record)) for record in (one, two, three, four)] == before


async def test_who_may_not_change_both_may_not_take_a_merge_back(
    admin: Caller, caller: Callable[[str | None], Caller], superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    merge = await merged(admin, winner, loser)
    await superuser.execute("UPDATE member_expert SET country = 'XB' WHERE id = $1", loser["id"])
    path = f"{MERGES}/{merge['id']}"
    etag = (await admin.get(path)).headers["etag"]
    body = {"action": "undo"}
    for name, status in (("author_xa", 403), ("author_xb", 404), ("auditor", 403), ("focal_xa", 404)):
        response = await caller(name).post(f"{path}/transitions", body, etag=etag)
        assert response.status_code == status, name
    assert (await caller("officer").post(f"{path}/transitions", body)).status_code == 428
    assert (await caller("officer").post(f"{path}/transitions", body, etag='"9.0"')).status_code == 412
    assert (await caller("officer").post(f"{path}/transitions", body, etag=etag)).status_code == 200


async def test_a_merge_over_two_countries_is_taken_back_by_who_may_in_both(
    admin: Caller, caller: Callable[[str | None], Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    grants = grant("national_author", "country", "XA"), grant("auditor", "country", "XB")
    monkeypatch.setitem(CALLERS, "half", person("half", *grants))
    merge = await merged(admin, await entered(admin), await entered(admin, country="XB"))
    path = f"{MERGES}/{merge['id']}"
    offers = (await caller("half").get(path)).json()["allowed_actions"]
    assert [(offer["allowed"], offer["reason"]) for offer in offers] == [(False, "not_permitted")]
    assert (await caller("half").step(path, "undo")).status_code == 403
    assert (await caller("officer").step(path, "undo")).status_code == 200


async def test_a_ror_id_that_somebody_else_took_keeps_a_merge_from_being_taken_back(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    ror = "https://ror.org/0168r3w48"
    await superuser.execute("UPDATE member_institution SET ror = NULL WHERE ror = $1", ror)
    winner, loser = await submitted(admin, uuid4().hex), await submitted(admin, uuid4().hex, ror=ror)
    merge = await merged(admin, winner, loser)
    await _patched(admin, winner, ror=None)
    other = await submitted(admin, uuid4().hex, ror=ror)
    refused = await admin.step(f"{MERGES}/{merge['id']}", "undo", fields={"resolve": {"ror": "keep"}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/ror")
    await _patched(admin, other, ror=None)
    await undone(admin, merge, ror="keep")
    assert (await read(admin, loser))["ror"] == ror


async def test_the_account_of_an_expert_stays_with_the_winner(
    admin: Caller, newcomer: Caller, superuser: asyncpg.Connection
) -> None:
    winner = await entered(admin)
    loser = await entered(newcomer, emails=[{"value": "own@example.org"}])
    account = "SELECT account_id FROM member_expert WHERE id = $1"
    merge = await merged(admin, winner, loser)
    assert await superuser.fetchval(account, winner["id"]) is not None
    await undone(admin, merge)
    assert await superuser.fetchval(account, winner["id"]) is None
    assert await superuser.fetchval(account, loser["id"]) is not None


async def test_what_is_kept_of_a_person_goes_with_them(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    canary = uuid4().hex
    winner, loser = await entered(admin), await entered(admin, keywords=[canary], gender=canary)
    await _affiliated(admin, loser, raw=canary)
    await _affiliated(admin, winner, raw=canary)
    merge = await merged(admin, winner, loser)
    kept = await superuser.fetch("SELECT detail, detail_key FROM member_merge_part WHERE merge_id = $1", merge["id"])
    assert len(kept) == 3
    assert all(row["detail_key"] and canary.encode() not in row["detail"] for row in kept)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await erase_details(uow, winner["id"])
    refused = await admin.step(f"{MERGES}/{merge['id']}", "undo")
    assert (refused.status_code, refused.json()["reason"]) == (409, "erased")
    await superuser.execute("UPDATE member_expert SET erased_at = now() WHERE id = $1", winner["id"])
    assert (await admin.get(f"{MERGES}/{merge['id']}")).json()["allowed_actions"][0]["reason"] == "erased"


async def test_nothing_is_kept_of_a_merge_that_was_taken_back(admin: Caller, superuser: asyncpg.Connection) -> None:
    merge = await merged(admin, await entered(admin), await entered(admin, keywords=["Soil"]))
    await undone(admin, merge)
    assert await superuser.fetchval("SELECT count(*) FROM member_merge_part WHERE merge_id = $1", merge["id"]) == 0


async def test_affiliations_that_name_a_merged_institution_follow_later(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser, linked = [await submitted(admin, uuid4().hex) for _ in range(3)]
    assert (await admin.step(f"{INSTITUTIONS}/{winner['id']}", "verify")).status_code == 200
    expert = await entered(admin)
    works = [await _affiliated(admin, expert, institution_id=winner["id"], role=role) for role in ("late", "linked")]
    merge = await merged(admin, winner, loser)
    fields = {"institution_id": winner["id"]}
    assert (await admin.step(f"{INSTITUTIONS}/{linked['id']}", "link", fields=fields)).status_code == 200
    name = "UPDATE member_affiliation SET institution_id = $2 WHERE id = $1"
    await superuser.execute(name, works[0]["id"], loser["id"])
    await superuser.execute(name, works[1]["id"], linked["id"])
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await follow_institution(uow, winner["id"])
        await follow_institutions(uow)
    assert [(await read(admin, work))["institution_id"] for work in works] == [winner["id"]] * 2
    await undone(admin, merge)
    assert [(await read(admin, work))["institution_id"] for work in works] == [loser["id"], winner["id"]]
