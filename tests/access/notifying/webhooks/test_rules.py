"""What the contract says of webhooks besides their way: bounds, who may do what, each verb with its fact, health."""

from typing import Any
from uuid import uuid4

import pytest

from services.access.notifying.webhooks.domain import SLOW, health
from tests.access.notifying.webhooks.world import HOOKS, Answer, World

URL = "https://receiver.example/in"
_FACTS = """
SELECT type FROM core_fact WHERE subject = $1::text::uuid AND type NOT LIKE '%pinged%'
UNION ALL SELECT type FROM core_outbox WHERE subject = $1::text::uuid AND type NOT LIKE '%pinged%'
"""


async def _change(world: World, hook: Answer, change: dict[str, Any]) -> Any:
    before = await world.read("government_xa", hook)
    return await world.caller.send(
        "government_xa", "PATCH", f"{HOOKS}/{hook['id']}", change, **{"If-Match": f'"{before["version"]}"'}
    )


@pytest.mark.parametrize(
    "change",
    [
        {"types": ["*"] * 51},
        {"types": []},
        {"countries": ["XA"] * 250},
        {"countries": []},
        {"records": ["EXP-000001"] * 101},
        {"records": []},
        {"signatures": []},
        {"signatures": ["v2"]},
        {"rate": 0},
        {"rate": 101},
        {"in_flight": 0},
        {"in_flight": 21},
        {"bulk": "some"},
        {"url": f"{URL}/{'x' * 2_000}"},
    ],
    ids="-".join,
)
async def test_a_bound_holds_at_creation_and_at_a_change(world: World, change: dict[str, Any]) -> None:
    body = {"name": "Register", "url": URL, "types": ["*"]}
    made = await world.make("government_xa", URL)
    for refused in (
        await world.caller.send("government_xa", "POST", HOOKS, {**body, **change}),
        await _change(world, made, change),
    ):
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["pointer"].startswith(f"/{next(iter(change))}")


async def test_the_most_of_everything_is_taken_and_left_out_is_everything(world: World) -> None:
    countries = [f"X{letter}" for letter in "ABC"] * 83
    most = {"types": ["*"] * 50, "countries": countries, "records": ["EXP-000001"] * 100, "rate": 100, "in_flight": 20}
    made = await world.make("government_xa", URL, **most, signatures=["v1a"], bulk="each")
    assert {name: made[name] for name in most} == most
    assert (made["signatures"], made["bulk"]) == (["v1a"], "each")
    least = await world.make("government_xa", URL)
    assert (least["countries"], least["records"], least["signatures"]) == (None, None, ["v1", "v1a"])
    assert (least["bulk"], least["rate"], least["in_flight"]) == ("notice", 10, 4)
    back = await _change(world, made, {"countries": None, "records": None})
    assert (back.json()["countries"], back.json()["records"]) == (None, None)


@pytest.mark.parametrize(
    ("verb", "fields", "pointer"),
    [
        ("rotate", {"overlap_hours": 169}, "/fields/overlap_hours"),
        ("rotate", {"overlap_hours": -1}, "/fields/overlap_hours"),
        ("rotate", {"from": "here"}, "/fields/from"),
        ("disable", None, "/reason"),
    ],
)
async def test_a_verb_refuses_what_it_does_not_take(world: World, verb: str, fields: Any, pointer: str) -> None:
    hook = await world.make("government_xa", URL)
    more = {"fields": fields} if fields else {}
    refused = await world.caller.step("government_xa", hook["links"]["self"], verb, **more)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_operator_pauses_and_disables_what_others_own_and_does_no_more(world: World) -> None:
    hook = await world.make("government_xa", URL)
    await world.owner.execute("UPDATE access_webhook SET status = 'active' WHERE id = $1::text::uuid", hook["id"])
    link, path = hook["links"]["self"], f"{HOOKS}/{hook['id']}"
    for verb in ("ping", "rotate"):
        assert (await world.caller.step("operator", link, verb)).status_code == 403, verb
    changed = await world.caller.send("operator", "PATCH", path, {"rate": 1}, **{"If-Match": f'"{hook["version"]}"'})
    assert changed.status_code == 403
    assert (await world.caller.send("operator", "DELETE", path)).status_code == 403
    assert (await world.caller.send("operator", "POST", f"{path}/replays", {"event_id": hook["id"]})).status_code == 403
    assert (await world.caller.step("operator", link, "pause")).json()["status"] == "paused"
    assert (await world.caller.step("operator", link, "resume")).status_code == 403
    assert (await world.caller.step("operator", link, "disable", reason="It floods us.")).json()["status"] == "disabled"


async def test_a_key_makes_no_webhook(world: World) -> None:
    body = {"name": f"Key {uuid4().hex}", "resources": ["access.*", "membership.*"], "verbs": ["read", "write"]}
    made = await world.caller.send("admin", "POST", "/api_keys", body)
    assert made.status_code == 201, made.text
    headers = {"Authorization": f"Bearer {made.json()['secret']}", "Idempotency-Key": uuid4().hex}
    hook = {"name": "Register", "url": URL, "types": ["*"]}
    refused = await world.caller.http.post(f"/access/v1{HOOKS}", json=hook, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_a_person")


async def test_each_verb_leaves_its_fact_and_a_line_of_history(world: World) -> None:
    hook = await world.make("government_xa", URL)
    link = hook["links"]["self"]
    await world.owner.execute(
        "UPDATE access_webhook_state SET verified_at = now() WHERE webhook_id = $1::text::uuid", hook["id"]
    )
    states = []
    for verb, more in (
        ("verify", {}),
        ("pause", {}),
        ("resume", {"fields": {"from": "now"}}),
        ("rotate", {"fields": {"overlap_hours": 0}}),
        ("ping", {}),
        ("disable", {"reason": "The register moves."}),
        ("enable", {}),
    ):
        done = await world.caller.step("government_xa", link, verb, **more)
        assert done.status_code == 200, done.text
        states.append(done.json()["status"])
    assert states == ["active", "paused", "active", "active", "active", "disabled", "unverified"]
    assert (await _change(world, hook, {"rate": 5})).status_code == 200
    assert (await world.caller.send("government_xa", "DELETE", f"{HOOKS}/{hook['id']}")).status_code == 204
    facts = {row["type"].removeprefix("escm.access.webhook.") for row in await world.owner.fetch(_FACTS, hook["id"])}
    names = ("created", "updated", "activated", "paused", "disabled", "rotated", "deleted")
    assert facts == {f"{name}.v1" for name in names}
    lines = (await world.caller.send("government_xa", "GET", f"{HOOKS}/{hook['id']}/history")).json()["items"]
    wanted = ["create", "verify", "pause", "resume", "rotate", "ping", "disable", "enable", "update", "end"]
    assert [line["action"] for line in reversed(lines)] == wanted


@pytest.mark.parametrize(
    ("failures", "milliseconds", "state"),
    [(0, None, "good"), (0, SLOW - 1, "good"), (0, SLOW, "slow"), (1, 5, "slow"), (4, 5, "slow"), (5, 5, "failing")],
)
def test_health_follows_failures_and_times(failures: int, milliseconds: int | None, state: str) -> None:
    assert health(failures, milliseconds) == state
