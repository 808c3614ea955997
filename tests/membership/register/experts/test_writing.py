"""Creating and changing experts, and their transitions: versions, keys, rules, history."""

import json
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated, entered, expert

At = Callable[[str | None], Caller]


async def test_a_created_expert_is_returned_as_it_is_read(admin: Caller) -> None:
    response = await admin.post(EXPERTS, expert(keywords=["soil"]))
    assert response.status_code == 201
    created = response.json()
    created.pop("duplicates", None)
    assert response.headers["location"] == f"{EXPERTS}/{created['id']}"
    read = await admin.get(response.headers["location"])
    assert read.json() == created
    assert read.headers["etag"] == response.headers["etag"]
    again = await admin.get(response.headers["location"], headers={"If-None-Match": f"W/{read.headers['etag']}"})
    assert (again.status_code, again.content) == (304, b"")
    assert created["ref"].startswith("EXP-")
    assert (created["status"], created["version"]) == ("prospect", 1)


async def test_a_person_who_enters_themselves_has_applied(newcomer: Caller, admin: Caller) -> None:
    assert (await newcomer.post(EXPERTS, expert())).status_code == 422
    response = await newcomer.post(EXPERTS, expert(emails=[{"value": "me@example.org"}]))
    assert (response.status_code, response.json()["status"]) == (201, "applied")
    read = (await admin.get(f"{EXPERTS}/{response.json()['id']}")).json()
    assert read["clock"]["holder"] == "secretariat"


async def test_an_invitation_needs_an_address(admin: Caller) -> None:
    assert (await admin.post(EXPERTS, expert(invite=True))).status_code == 422
    invited = await entered(admin, invite=True, emails=[{"value": "x@example.org"}])
    assert invited["status"] == "invited"


async def test_countries_outside_the_grant_are_refused(caller: At) -> None:
    response = await caller("government_xa").post(EXPERTS, expert(country="XB"))
    assert (response.status_code, response.json()["code"]) == (403, "country_forbidden")
    response = await caller("reader_xa").post(EXPERTS, expert())
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")
    response = await caller("author_xa").post(EXPERTS, expert(visibility="public"))
    assert (response.status_code, response.json()["reason"]) == (403, "publish_not_permitted")


async def test_a_patch_merges_and_moves_the_version(admin: Caller) -> None:
    row = await entered(admin, biography={"en": "One", "fr": "Un"}, keywords=["a", "b"])
    path = f"{EXPERTS}/{row['id']}"
    etag = (await admin.get(path)).headers["etag"]
    patch = {
        "biography": {"fr": None, "es": "Uno"},
        "keywords": ["c"],
        "orcid": "https://orcid.org/0000-0002-1825-0097",
    }
    response = await admin.patch(path, patch, etag=etag, headers={"Content-Type": "application/merge-patch+json"})
    assert response.status_code == 200, response.text
    changed = response.json()
    assert changed["biography"] == {"en": "One", "es": "Uno"}
    assert changed["keywords"] == ["c"]
    assert changed["orcid"] == "0000-0002-1825-0097"
    assert changed["version"] == 2
    same = await admin.patch(path, patch, etag=response.headers["etag"])
    assert (same.json()["version"], same.headers["etag"]) == (2, response.headers["etag"])
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["update", "create"]
    assert {change["pointer"] for change in history[0]["changes"]} == {"/biography", "/keywords", "/orcid"}


async def test_preconditions_are_required_and_compared(admin: Caller) -> None:
    row = await entered(admin)
    path = f"{EXPERTS}/{row['id']}"
    for etag in (None, "*"):
        response = await admin.patch(path, {"gender": "x"}, etag=etag)
        assert (response.status_code, response.json()["code"]) == (428, "precondition_required")
    stale = await admin.patch(path, {"gender": "x"}, etag='"7.00000000"')
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    assert stale.json()["current_etag"] == stale.headers["etag"] == (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"gender": "x"}, etag='W/"1.ffffffff"')).status_code == 200


async def test_the_whole_life_of_a_member(admin: Caller, caller: At) -> None:
    row = await activated(admin)
    path = f"{EXPERTS}/{row['id']}"
    assert row["term"]["starts"] < row["term"]["ends"]
    blocked = await admin.step(path, "renew")
    assert blocked.status_code == 409
    assert blocked.json()["code"] == "transition_not_allowed"
    assert blocked.json()["current_state"] == "active"
    offered = {offer["action"]: offer for offer in blocked.json()["allowed_actions"]}
    assert offered["renew"]["allowed"] is False
    assert offered["suspend"]["allowed"] is True
    missing = await admin.step(path, "suspend")
    assert missing.status_code == 422
    assert missing.json()["errors"][0]["pointer"] == "/reason"
    assert (await admin.step(path, "suspend", reason="Inquiry")).json()["status"] == "suspended"
    assert (await admin.step(path, "reinstate")).json()["status"] == "active"
    assert (await admin.step(path, "fly")).json()["code"] == "unknown_action"
    assert (await admin.step(path, "expire")).json()["code"] == "unknown_action"
    assert (await caller("officer").step(path, "terminate", reason="Fraud")).status_code == 403
    lines = (await admin.get(f"{path}/history?limit=2")).json()
    assert [line["action"] for line in lines["items"]] == ["reinstate", "suspend"]
    assert lines["items"][1]["reason"] == "Inquiry"
    rest = (await admin.get(lines["next"])).json()["items"]
    assert [line["action"] for line in rest] == ["approve", "start_review"]


async def test_every_change_leaves_one_audit_entry_and_one_fact(admin: Caller, database_url: str) -> None:
    row = await activated(admin, names=[{"full": "Traced Person"}])
    connection = await asyncpg.connect(database_url)
    try:
        entries = await connection.fetch(
            "SELECT action, version, octet_length(content_hash) AS size FROM escm.core_audit WHERE subject = $1"
            " ORDER BY id",
            row["id"],
        )
        facts = await connection.fetch(
            "SELECT type, version FROM escm.core_outbox WHERE subject = $1 ORDER BY id", row["id"]
        )
    finally:
        await connection.close()
    steps = ["create", "invite", "apply", "start_review", "approve"]
    assert [(entry["action"], entry["version"], entry["size"]) for entry in entries] == [
        (action, version, 32) for version, action in enumerate(steps, 1)
    ]
    named = ["created", "invited", "applied", "under_review", "activated"]
    assert [(fact["type"], fact["version"]) for fact in facts] == [
        (f"escm.membership.expert.{name}.v1", version) for version, name in enumerate(named, 1)
    ]


async def test_a_key_gives_the_same_response_once(caller: At, admin: Caller) -> None:
    government = caller("government_xa")
    body = expert(names=[{"full": "Keyed Once"}])
    headers = {"Idempotency-Key": "test-key-once"}
    first = await government.post(EXPERTS, body, headers=headers)
    second = await government.post(EXPERTS, dict(reversed(body.items())), headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["etag"] == first.headers["etag"]
    assert second.headers["location"] == first.headers["location"]
    other = await government.post(EXPERTS, expert(), headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await admin.get(EXPERTS, params={"q": "keyed once"})).json()["items"]) == 1
    failed = await government.post(EXPERTS, expert(country="ZZ"), headers={"Idempotency-Key": "freed"})
    assert failed.status_code == 422
    assert (await government.post(EXPERTS, body, headers={"Idempotency-Key": "freed"})).status_code == 201


async def test_machines_send_a_key(membership: httpx.AsyncClient) -> None:
    response = await membership.post(EXPERTS, json=expert(), headers={"Authorization": "Bearer government_xa"})
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (expert(orcid="0000-0002-1825-0098"), "/orcid", "orcid_checksum"),
        (expert(country="ZZ"), "/country", "unknown_country"),
        (expert(names=[]), "/names", "too_short"),
        (expert(names=[{"given": "Only"}]), "/names/0", "name_missing"),
        (expert(names=[{"full": "x" * 501}]), "/names/0/full", "too_long"),
        (expert(keywords=["k"] * 51), "/keywords", "too_long"),
        (expert(biography={"en": "y" * 20_001}), "/biography/en", "too_long"),
        (expert(status="active"), "/status", "unknown_field"),
        (expert(names=[{"full": "a\0b"}]), "/names/0/full", "invalid_text"),
    ],
)
async def test_each_bad_field_is_named(admin: Caller, body: dict[str, Any], pointer: str, code: str) -> None:
    response = await admin.post(EXPERTS, body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in response.json()["errors"]]


async def test_a_patch_is_asked_about_nothing_but_what_it_sets(admin: Caller, superuser: asyncpg.Connection) -> None:
    """A field of science was retired, and the longest name is shorter than before."""
    made = await entered(admin, keywords=["soil"])
    path, long = f"{EXPERTS}/{made['id']}", [{"full": "x" * 501}]
    await superuser.execute(
        "UPDATE member_expert SET fields = '{9.9}', names = $2 WHERE id = $1", made["id"], json.dumps(long)
    )

    async def patched(**patch: Any) -> httpx.Response:
        return await admin.patch(path, patch, etag=(await admin.get(path)).headers["etag"])

    changed = await patched(keywords=[" peat "], biography={"en": "Digs."})
    assert changed.status_code == 200, changed.text
    assert [changed.json()[name] for name in ("fields", "names", "keywords")] == [["9.9"], long, ["peat"]]
    for patch, pointer in (
        ({"fields": ["9.9", "1.5"]}, "/fields/0"),
        ({"keywords": ["k"] * 51}, "/keywords"),
        ({"country": None}, "/country"),
        ({"colour": "red"}, "/colour"),
    ):
        refused = await patched(**patch)
        assert refused.status_code == 422
        assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    changed = await patched(fields=["1.5"], names=[{"full": "Nadia"}])
    assert (changed.status_code, changed.json()["fields"], changed.json()["keywords"]) == (200, ["1.5"], ["peat"])


async def test_affiliations_are_added_and_changed(admin: Caller, caller: At) -> None:
    row = await entered(admin)
    path = f"{EXPERTS}/{row['id']}/affiliations"
    created = await admin.post(path, {"raw": "Institute of Peat", "role": "Reader", "from": "2020", "primary": True})
    assert created.status_code == 201, created.text
    address = created.headers["location"]
    changed = await admin.patch(address, {"to": "2024-02"}, etag=created.headers["etag"])
    assert (changed.json()["to"], changed.json()["version"]) == ("2024-02", 2)
    assert (await admin.patch(address, {"raw": None}, etag=changed.headers["etag"])).status_code == 422
    assert (await admin.patch(address, {"to": "2024-13"}, etag=changed.headers["etag"])).status_code == 422
    listed = (await admin.get(path)).json()["items"]
    assert [item["raw"] for item in listed] == ["Institute of Peat"]
    assert (await admin.get(f"{EXPERTS}/{row['id']}")).json()["affiliations"][0]["to"] == "2024-02"
    assert (await caller("author_xb").post(path, {"raw": "Elsewhere"})).status_code == 404


@pytest.mark.parametrize(
    "field",
    [
        *("id", "ref", "version", "status", "created_at", "created_by", "updated_at", "updated_by"),
        *("allowed_actions", "links", "search_key", "email_keys", "merged_into"),
    ],
)
async def test_what_the_server_sets_is_refused_in_a_body_and_in_a_patch(admin: Caller, field: str) -> None:
    refused = await admin.post(EXPERTS, expert(**{field: "x"}))
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_field")
    made = await entered(admin)
    path = f"{EXPERTS}/{made['id']}"
    etag = (await admin.get(path)).headers["etag"]
    refused = await admin.patch(path, {field: "x"}, etag=etag)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_field")
    assert (await admin.get(path)).headers["etag"] == etag


async def test_a_pointer_names_a_field_whatever_its_name_holds(admin: Caller) -> None:
    path = f"{EXPERTS}/{(await entered(admin))['id']}"
    name, pointer = "a/b~c", "a~1b~0c"
    exports, merges = "/membership/v1/exports", "/membership/v1/merges"
    pair = {"resource": "experts", **{key: (await entered(admin))["id"] for key in ("winner_id", "loser_id")}}
    refused = {
        f"/fields/{pointer}": await admin.step(path, "invite", fields={name: 1}),
        f"/{pointer}": await admin.post(EXPERTS, expert(**{name: 1})),
        f"/filters/{pointer}": await admin.post(exports, {"resource": "experts", "filters": {name: "x"}}),
        f"/choices/{pointer}": await admin.post(merges, {**pair, "choices": {name: "winner"}}),
    }
    pointers = {
        wanted: [error["pointer"] for error in response.json()["errors"]] for wanted, response in refused.items()
    }
    assert pointers == {wanted: [wanted] for wanted in refused}
