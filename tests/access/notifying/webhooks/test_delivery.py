"""Events reach their receiver: signed, at least once with the same id, and not those of others."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from services.access.notifying.sending.driver import Driver
from services.access.notifying.sending.engine import WebhookEngine
from services.access.notifying.webhooks.domain import SCHEDULE
from shared.kernel.clock import now
from tests.access.notifying.webhooks.receiver import NOTICE, PING, Received, Receiver, receiving
from tests.access.notifying.webhooks.world import HOOKS, Answer, World
from tests.support.waiting import eventually

CLIENTS = ["escm.access.client.*"]
_FACT = """
WITH head AS (UPDATE core_lease SET position = position + $1 WHERE name = 'relay' RETURNING position)
INSERT INTO core_fact (position, fact, type, time, subject, ref, version, country, visibility, link, bulk)
SELECT head.position - $1 + n, uuidv7(), $2, now(), uuidv7(), 'EXP-' || n, 1, $3, 'restricted', '/x', $4
FROM head, generate_series(1, $1::bigint) n RETURNING fact::text
"""


async def happen(world: World, count: int, country: str = "XA", *, bulk: bool = False, kind: str = "") -> list[str]:
    """Facts at the end of the feed. Their ids."""
    rows = await world.owner.fetch(_FACT, count, kind or "escm.membership.expert.updated.v1", country, bulk)
    return [row["fact"] for row in rows]


async def has(receiver: Receiver, count: int) -> list[str]:
    """The distinct ids, once there are so many."""

    async def look() -> list[str]:
        return receiver.ids if len(receiver.ids) >= count else []

    return list(await eventually(look))


async def delivery(world: World, name: str, hook: Answer, test: Callable[[Answer], bool]) -> Answer:
    """The newest delivery of an event, once it is so."""

    async def look() -> Answer | None:
        found = await world.deliveries(name, hook)
        return next((one for one in found if one["type"] != PING and test(one)), None)

    return dict(await eventually(look))


def answering(*statuses: int, **headers: str) -> Callable[[Received, int], tuple[int, dict[str, str], str]]:
    """Answers the first attempts of each event so, and all later ones as the last; pings well."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(received: Received, count: int) -> tuple[int, dict[str, str], str]:
        if received.event["type"] == PING:
            return 204, {}, ""
        return statuses[min(count, len(statuses)) - 1], named, "not now"

    return answer


async def make_due(world: World, hook: Answer) -> None:
    await world.owner.execute(
        "UPDATE access_webhook_delivery SET next_attempt_at = now() WHERE webhook_id = $1::text::uuid"
        " AND status IN ('pending', 'retrying')",
        hook["id"],
    )


async def test_an_event_is_sent_signed_by_both_schemes(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("admin", receiver.url, types=CLIENTS)
    assert (hook["status"], len(receiver.pings)) == ("active", 1)
    ref = await world.change()

    async def about_it() -> list[Received]:
        return [one for one in receiver.received if one.event["data"]["ref"] == ref]

    (received,) = await eventually(about_it)
    event = received.event
    assert event["type"] == "escm.access.client.created.v1"
    assert event["source"] == f"{world.settings.issuer}/access"
    assert event["data"]["link"].startswith(f"{world.settings.issuer}/access/v1/clients/")
    assert (received.headers["webhook-id"], event["environment"]) == (event["id"], "test")
    assert received.is_signed_by(secret=hook["secret"])
    assert received.is_signed_by(public=hook["keys"][0]["public"])
    assert not received.is_signed_by(secret="whsec_AAAA")
    found = await delivery(world, "admin", hook, lambda one: one["record"] == ref and one["status"] == "delivered")
    assert (found["event_id"], found["replay"]) == (event["id"], False)
    (attempt,) = found["attempts"]
    assert (attempt["status_code"], attempt["problem"]) == (204, None)


async def test_a_country_gets_its_own_events_alone(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    async with receiving() as other:
        mine = await world.active("government_xa", receiver.url)
        theirs = await world.active("government_xb", other.url)
        wanted = await happen(world, 5, "XA")
        others = await happen(world, 5, "XB")
        assert await has(receiver, 5) == wanted
        assert await has(other, 5) == others
        for name, hook, ids in (("government_xa", mine, wanted), ("government_xb", theirs, others)):
            await delivery(world, name, hook, lambda one, last=ids[-1]: one["event_id"] == last)  # type: ignore[misc]
            found = await world.deliveries(name, hook)
            assert {one["country"] for one in found if one["type"] != PING} == {"XA" if ids is wanted else "XB"}
        hidden = await world.caller.send("government_xb", "GET", f"{HOOKS}/{mine['id']}")
        assert hidden.status_code == 404


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_a_failed_event_is_tried_again_by_the_schedule(
    world: World, engine: WebhookEngine, receiver: Receiver
) -> None:
    """The same id in each of ten attempts; a moved due date stands for the time that passes."""
    hook = await world.active("government_xa", receiver.url, rate=100)
    receiver.answers = answering(500)
    (event,) = await happen(world, 1)

    def attempted(times: int) -> Callable[[Answer], bool]:
        def test(one: Answer) -> bool:
            engine.skip_pauses()
            return len(one["attempts"]) == times

        return test

    for number in range(1, len(SCHEDULE)):
        found = await delivery(world, "government_xa", hook, attempted(number))
        assert (found["status"], found["event_id"]) == ("retrying", event)
        last = found["attempts"][-1]
        assert (last["status_code"], last["problem"], last["answer_head"]) == (500, "answered", "not now")
        wait = datetime.fromisoformat(found["next_attempt_at"]) - datetime.fromisoformat(last["at"])
        assert 0.9 <= wait / SCHEDULE[number] <= 1.15, number
        await make_due(world, hook)
    found = await delivery(world, "government_xa", hook, attempted(len(SCHEDULE)))
    assert (found["status"], found["next_attempt_at"]) == ("exhausted", None)
    assert receiver.counts[event] == 10
    shown = await world.read("government_xa", hook)
    assert shown["health"]["state"] == "failing"


@pytest.mark.parametrize(
    ("status", "problem"), [(301, "redirected"), (302, "redirected"), (404, "answered"), (503, "answered")]
)
@pytest.mark.long("waits until the engine looks at what is due again")
async def test_only_2xx_is_success(
    world: World, engine: WebhookEngine, receiver: Receiver, status: int, problem: str
) -> None:
    hook = await world.active("government_xa", receiver.url)
    receiver.answers = answering(status, 200, Location="http://127.0.0.1:1/", Retry_After="7200")
    (event,) = await happen(world, 1)
    found = await delivery(world, "government_xa", hook, lambda one: one["status"] == "retrying")
    assert found["attempts"][0]["problem"] == problem
    wait = datetime.fromisoformat(found["next_attempt_at"]) - datetime.fromisoformat(found["attempts"][0]["at"])
    assert (wait.total_seconds() >= 7_200) == (status == 503)
    await make_due(world, hook)
    found = await delivery(world, "government_xa", hook, lambda one: one["status"] == "delivered")
    assert (found["event_id"], len(found["attempts"]), receiver.counts[event]) == (event, 2, 2)


async def test_an_abort_message_ends_the_attempts_of_its_event(
    world: World, engine: WebhookEngine, receiver: Receiver
) -> None:
    hook = await world.active("government_xa", receiver.url)
    receiver.answers = answering(500, webhook_delivery="abort-message")
    await happen(world, 1)
    found = await delivery(world, "government_xa", hook, lambda one: one["status"] == "exhausted")
    assert len(found["attempts"]) == 1
    assert (await world.read("government_xa", hook))["health"]["failures"] == 0


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_gone_disables_the_webhook(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url)
    receiver.answers = answering(410)
    await happen(world, 1)

    async def is_disabled() -> bool:
        return bool((await world.read("government_xa", hook))["status"] == "disabled")

    await eventually(is_disabled)
    later = await happen(world, 1)
    receiver.answers = answering(200)
    enabled = await world.caller.step("government_xa", hook["links"]["self"], "enable")
    assert enabled.json()["status"] == "unverified"
    await world.answered("government_xa", hook)
    await world.caller.step("government_xa", hook["links"]["self"], "verify")
    assert (await has(receiver, 2))[-1:] == later


@pytest.mark.parametrize(("failed_for", "status"), [(119, "active"), (121, "disabled")])
async def test_five_days_of_failures_disable_the_webhook(
    world: World, engine: WebhookEngine, receiver: Receiver, failed_for: int, status: str
) -> None:
    """Its driver thinks that the failures began so many hours ago. What it missed is sent once it is enabled."""
    hook = await world.active("government_xa", receiver.url)
    receiver.answers = answering(500)

    async def driven() -> Driver | None:
        driver, _ = engine._drivers.get(UUID(hook["id"]), (None, None))
        return driver if driver is not None and driver.record.status == "active" else None

    (await eventually(driven)).state.failing_since = now() - timedelta(hours=failed_for)
    await happen(world, 1)
    await has(receiver, 1)

    async def is_known() -> bool:
        shown = await world.read("government_xa", hook)
        return bool(shown["status"] == status and shown["health"]["failures"] == 1)

    await eventually(is_known)
    (made,) = await world.deliveries("government_xa", hook, status="retrying,cancelled")
    assert made["status"] == ("retrying" if status == "active" else "cancelled")


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_a_receiver_that_was_away_gets_every_event(
    world: World, engine: WebhookEngine, receiver: Receiver
) -> None:
    hook = await world.active("government_xa", receiver.url, rate=100, in_flight=20)
    receiver.answers = answering(503)
    wanted = await happen(world, 30)
    await delivery(world, "government_xa", hook, lambda one: one["status"] == "retrying")

    async def is_failing() -> bool:
        return bool((await world.read("government_xa", hook))["health"]["failures"] >= 5)

    await eventually(is_failing)
    receiver.answers = answering(200)
    engine.skip_pauses()
    assert sorted(await has(receiver, 30)) == sorted(wanted)

    async def is_done() -> bool:
        engine.skip_pauses()
        shown = await world.read("government_xa", hook)
        done = await world.deliveries("government_xa", hook, status="delivered")
        return shown["behind"]["events"] == 0 and {one["event_id"] for one in done} >= set(wanted)

    await eventually(is_done)


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_the_events_of_an_import_are_one_notice(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    await world.active("government_xa", receiver.url, rate=100)
    await happen(world, 450, bulk=True)
    (single,) = await happen(world, 1)
    await has(receiver, 2)
    (notice,) = [one.event for one in receiver.received if one.event["type"] == NOTICE]
    assert single in receiver.ids
    assert notice["data"]["count"] == 450
    read = await world.caller.send("government_xa", "GET", f"/events?after={notice['data']['after']}&limit=1000")
    events = read.json()["items"]
    assert len([event for event in events if event["type"] == "escm.membership.expert.updated.v1"]) == 451


async def test_the_events_of_an_import_are_sent_each_on_request(
    world: World, engine: WebhookEngine, receiver: Receiver
) -> None:
    await world.active("government_xa", receiver.url, rate=100, bulk="each", in_flight=20)
    wanted = await happen(world, 30, bulk=True)
    assert sorted(await has(receiver, 30)) == sorted(wanted)


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_rotated_keys_overlap(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url)
    old = {"secret": hook["secret"], "public": hook["keys"][0]["public"]}

    async def rotate(hours: int) -> dict[str, str]:
        rotated = await world.caller.step(
            "government_xa", hook["links"]["self"], "rotate", fields={"overlap_hours": hours}
        )
        assert rotated.status_code == 200, rotated.text
        return {"secret": rotated.json()["secret"], "public": rotated.json()["keys"][0]["public"]}

    async def signed() -> Received:
        (event,) = await happen(world, 1)

        async def look() -> Received | None:
            return next((one for one in receiver.received if one.event["id"] == event), None)

        found: Received = await eventually(look)
        return found

    new = await rotate(24)
    received = await signed()
    for key in (old, new):
        assert received.is_signed_by(secret=key["secret"])
        assert received.is_accepted_with(key["secret"])
        assert received.is_signed_by(public=key["public"])
    newest = await rotate(0)

    async def signed_anew() -> Received | None:
        found = await signed()
        return found if found.is_signed_by(secret=newest["secret"]) else None

    received = await eventually(signed_anew)
    assert [received.is_signed_by(secret=key["secret"]) for key in (old, new, newest)] == [False, False, True]
    assert [received.is_accepted_with(key["secret"]) for key in (old, new, newest)] == [False, False, True]
    assert [received.is_signed_by(public=key["public"]) for key in (old, new, newest)] == [False, False, True]
    assert len((await world.read("government_xa", hook))["keys"]) == 1


async def _is_paused(engine: WebhookEngine, hook: Answer) -> bool:
    """Whether nobody drives the webhook as an active one."""
    drivers = [driver for driver, _ in engine._drivers.values() if str(driver.record.id) == hook["id"]]
    return all(driver.record.status == "paused" for driver in drivers)


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_a_paused_webhook_goes_on_here_or_now(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url)
    for start in ("here", "now"):
        await world.caller.step("government_xa", hook["links"]["self"], "pause")
        await eventually(partial(_is_paused, engine, hook))
        missed = await happen(world, 2)
        resumed = await world.caller.step("government_xa", hook["links"]["self"], "resume", fields={"from": start})
        assert resumed.status_code == 200, resumed.text
        later = await happen(world, 1)

        async def has_last(last: str = later[-1]) -> bool:
            return last in receiver.ids

        await eventually(has_last)
        assert (set(missed) <= set(receiver.ids)) == (start == "here")


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_events_are_sent_again_with_their_ids(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url, rate=100, in_flight=20)
    wanted = await happen(world, 5)
    await has(receiver, 5)
    path = f"{HOOKS}/{hook['id']}/replays"
    one = await world.caller.send("government_xa", "POST", path, {"event_id": wanted[2]})
    assert (one.status_code, one.json()["status"]) == (202, "queued")
    await world.work()

    async def is_repeated() -> bool:
        return receiver.counts[wanted[2]] == 2

    await eventually(is_repeated)
    since = (await world.caller.send("government_xa", "GET", f"{HOOKS}/{hook['id']}")).json()["created_at"]
    ranged = await world.caller.send("government_xa", "POST", path, {"from": since, "status": "all"})
    assert ranged.status_code == 202, ranged.text
    await world.work()

    async def are_repeated() -> bool:
        return all(receiver.counts[each] == (3 if each == wanted[2] else 2) for each in wanted)

    await eventually(are_repeated)
    repeated = await delivery(world, "government_xa", hook, lambda each: each["replay"] and bool(each["attempts"]))
    assert (repeated["status"], repeated["event_id"] in wanted) == ("delivered", True)


@pytest.mark.long("enters 100,001 facts")
async def test_too_many_events_are_not_sent_again(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url, types=CLIENTS)
    since = (await world.read("government_xa", hook))["created_at"]
    await world.owner.execute(
        "WITH head AS (UPDATE core_lease SET position = position + 100001 WHERE name = 'relay' RETURNING position)"
        " INSERT INTO core_fact (position, fact, type, time, subject, ref, version, country, link, bulk)"
        " SELECT head.position - 100001 + n, uuidv7(), 'escm.membership.expert.updated.v1', now(), uuidv7(), 'x', 1,"
        " 'XC', '/x', true FROM head, generate_series(1, 100001) n"
    )
    path = f"{HOOKS}/{hook['id']}/replays"
    refused = await world.caller.send("government_xa", "POST", path, {"from": since})
    assert (refused.status_code, refused.json()["code"]) == (422, "replay_too_large")


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_a_revoked_owner_gets_nothing_more(world: World, receiver: Receiver) -> None:
    """What waits for another attempt is cancelled as well. The engine believes no grants of a moment ago."""
    world.start(believed=0.0)
    made = await world.client("XA", "membership.*", "access.*")
    hook = await world.active(made["name"], receiver.url, types=["escm.membership.*"])
    receiver.answers = answering(500)
    await happen(world, 1)
    await delivery(world, made["name"], hook, lambda one: one["status"] == "retrying")
    await _revoke_grants(world, made)
    before = len(receiver.received)
    await make_due(world, hook)
    await happen(world, 1)
    await eventually(partial(_is_cancelled, world, hook))
    assert len(receiver.received) == before
    revoked = await world.caller.step("admin", made["link"], "revoke", reason="Ended")
    assert revoked.status_code == 200, revoked.text

    async def is_disabled() -> bool:
        found = await world.caller.send("admin", "GET", f"{HOOKS}/{hook['id']}")
        return bool(found.json()["status"] == "disabled")

    await eventually(is_disabled)
    assert len(receiver.received) == before


@pytest.mark.long("waits for the second notice of imports, which follows the first after five seconds")
async def test_a_revoked_owner_gets_no_notice_of_imports(world: World, receiver: Receiver) -> None:
    """Neither one that waits for another attempt, nor one whose events were read before."""
    engine = world.start(believed=0.0)
    made = await world.client("XA", "membership.*", "access.*")
    hook = await world.active(made["name"], receiver.url, types=["escm.membership.*"])
    receiver.answers = answering(500)
    await happen(world, 3, bulk=True)
    await delivery(world, made["name"], hook, lambda one: one["type"] == NOTICE and one["status"] == "retrying")
    driver, _ = engine._drivers[UUID(hook["id"])]
    await happen(world, 3, bulk=True)

    async def is_read() -> bool:
        return driver._reading is not None and driver._reading._imported is not None

    async def is_passed() -> bool:
        last = await world.owner.fetchval("SELECT position FROM core_lease WHERE name = 'relay'")
        position = "SELECT position FROM access_webhook_state WHERE webhook_id = $1::text::uuid"
        return bool(await world.owner.fetchval(position, hook["id"]) >= last)

    await eventually(is_read)
    assert not await is_passed()
    await _revoke_grants(world, made)
    before = len(receiver.received)
    await make_due(world, hook)
    await eventually(partial(_is_cancelled, world, hook))
    await eventually(is_passed)
    assert len(receiver.received) == before


async def _revoke_grants(world: World, client: Answer) -> None:
    for grant in await world.caller.everything("admin", f"/access/v1/grants?principal_id={client['id']}"):
        ended = await world.caller.step("admin", grant["links"]["self"], "revoke", reason="Ended")
        assert ended.status_code == 200, ended.text


async def _is_cancelled(world: World, hook: Answer) -> bool:
    found = (await world.caller.send("admin", "GET", f"{HOOKS}/{hook['id']}/deliveries?status=cancelled")).json()
    return bool(found["items"]) and found["items"][0]["attempts"][-1]["problem"] == "no_longer_visible"


async def test_the_older_of_two_drivers_writes_nothing(world: World, receiver: Receiver) -> None:
    """An engine that stalls longer than its lease sends an event again, and what it knew is not written."""
    first = world.start()
    hook = await world.active("government_xa", receiver.url)
    await happen(world, 1)
    await has(receiver, 1)
    await delivery(world, "government_xa", hook, lambda one: one["status"] == "delivered")
    driver = next(iter(first._drivers.values()))[0]
    await world.owner.execute(
        "UPDATE access_webhook_state SET fence = fence + 1, holder = uuidv7(), position = position + 1000"
    )
    driver.state.position, driver.state.failures = 1, 77
    held = await driver._parts.outcomes.note(driver.state)
    assert driver.record.id not in held
    row = await world.owner.fetchrow(
        "SELECT position, failures FROM access_webhook_state WHERE webhook_id = $1", driver.record.id
    )
    assert row is not None
    assert (row["position"] > 1000, row["failures"]) == (True, 0)


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_hanging_receivers_delay_nobody_else(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    async with receiving() as hanging:
        for _ in range(3):
            await world.active("government_xa", hanging.url)
        hanging.answers = answering(0)
        await world.active("government_xa", receiver.url, rate=100)
        wanted = await happen(world, 20)
        assert sorted(await has(receiver, 20)) == sorted(wanted)
        assert len(hanging.received) <= 3 * 4


async def test_the_statistics_count_what_came_of_it(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url, rate=100)
    await happen(world, 3)
    await has(receiver, 3)

    async def count() -> Any:
        found = await world.caller.send("government_xa", "GET", f"{HOOKS}/{hook['id']}/statistics?step=day")
        assert found.status_code == 200, found.text
        return [one for one in found.json()["items"] if one["delivered"] == 4]

    (figure,) = await eventually(count)
    assert (figure["exhausted"], figure["p50"] <= figure["p95"]) == (0, True)
