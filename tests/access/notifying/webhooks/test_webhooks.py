"""Who makes and manages webhooks, and what is refused."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.access.notifying.sending.engine import WebhookEngine
from services.access.notifying.sending.mails import mail_about_failing
from services.access.notifying.webhooks.domain import MOST_OF_OWNER, PINGED
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.mail.sealing import MailSeal
from tests.access.notifying.webhooks.receiver import Receiver
from tests.access.notifying.webhooks.world import HOOKS, World
from tests.support.waiting import eventually

URL = "https://receiver.example/in"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://169.254.169.254"}, "address_refused"),
        ({"url": "https://[::ffff:10.0.0.1]"}, "address_refused"),
        ({"url": "http://receiver.example/in"}, "unusable_url"),
        ({"url": "https://user@receiver.example/in"}, "unusable_url"),
        ({"url": "https://receiver.example:25/in"}, "unusable_url"),
        ({"types": ["escm.membership.wizard.*"]}, "unknown_event_type"),
        ({"types": ["*.created.v1"]}, "unknown_event_type"),
        ({"types": []}, "validation_failed"),
        ({"types": ["*"] * 51}, "validation_failed"),
        ({"countries": ["ZZ"]}, "validation_failed"),
        ({"rate": 101}, "validation_failed"),
        ({"in_flight": 0}, "validation_failed"),
        ({"signatures": []}, "validation_failed"),
        ({"bulk": "some"}, "validation_failed"),
        ({"name": ""}, "validation_failed"),
        ({"status": "active"}, "unknown_field"),
    ],
)
async def test_a_webhook_that_cannot_be(world: World, change: dict[str, Any], code: str) -> None:
    body = {"name": "Register", "url": URL, "types": ["*"], **change}
    refused = await world.caller.send("government_xa", "POST", HOOKS, body)
    problem = refused.json()
    assert refused.status_code == 422
    assert code in {problem["code"], *(error["code"] for error in problem["errors"])}


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_an_owner_has_so_many(world: World) -> None:
    made = await world.client("XA", "membership.*", "access.*")
    hooks = [await world.make(made["name"], URL) for _ in range(MOST_OF_OWNER)]
    body = {"name": "Register", "url": URL, "types": ["*"]}
    refused = await world.caller.send(made["name"], "POST", HOOKS, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_webhooks")
    ended = await world.caller.send(made["name"], "DELETE", f"{HOOKS}/{hooks[0]['id']}")
    assert ended.status_code == 204
    await world.make(made["name"], URL)


async def test_the_secret_is_shown_once_and_stored_sealed(world: World) -> None:
    body = {"name": "Register", "url": URL, "types": ["*"]}
    first, again = [
        await world.caller.send("government_xa", "POST", HOOKS, body, **{"Idempotency-Key": f"once-{id(body)}"})
        for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json()["id"], again.json()["secret"]) == (again.json()["id"], None)
    secret, public = first.json()["secret"], first.json()["keys"][0]["public"]
    assert secret.startswith("whsec_")
    assert public.startswith("whpk_")
    assert (await world.read("government_xa", first.json()))["secret"] is None
    for table in ("access_webhook", "access_webhook_key", "core_idempotency"):
        rows = await world.owner.fetch(f"SELECT t::text FROM {table} t")
        assert not any(secret in row[0] for row in rows), table
    (sealed,) = await world.owner.fetch(
        "SELECT sealed FROM access_webhook_key WHERE webhook_id = $1::text::uuid", first.json()["id"]
    )
    assert len(sealed["sealed"]) == 12 + 64 + 16


async def test_who_owns_a_webhook_manages_it_and_nobody_else_knows_of_it(world: World) -> None:
    hook = await world.make("government_xa", URL)
    path = f"{HOOKS}/{hook['id']}"
    for name in ("government_xb", "expert"):
        for method, address in (("GET", path), ("DELETE", path), ("GET", f"{path}/deliveries")):
            assert (await world.caller.send(name, method, address)).status_code == 404
    others = await world.caller.everything("government_xb", "/access/v1/webhooks")
    assert hook["id"] not in {one["id"] for one in others}
    changed = await world.caller.send(
        "government_xa", "PATCH", path, {"name": "Other", "rate": 5},
        **{"If-Match": f'"{hook["version"]}"', "Content-Type": "application/merge-patch+json"},
    )  # fmt: skip
    assert (changed.status_code, changed.json()["name"], changed.json()["rate"]) == (200, "Other", 5)
    history = await world.caller.send("government_xa", "GET", f"{path}/history")
    assert [line["action"] for line in history.json()["items"]] == ["update", "create"]
    auditor = await world.caller.send("auditor", "GET", path)
    assert auditor.status_code == 200
    refused = await world.caller.step("auditor", hook["links"]["self"], "disable", reason="Odd")
    assert refused.status_code == 403
    disabled = await world.caller.step("admin", hook["links"]["self"], "disable", reason="Too much")
    assert (disabled.status_code, disabled.json()["status"]) == (200, "disabled")
    stale = await world.caller.send("government_xa", "DELETE", path, **{"If-Match": '"1.0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version_conflict")
    current = {"If-Match": stale.json()["current_etag"]}
    assert (await world.caller.send("government_xa", "DELETE", path, **current)).status_code == 204
    assert (await world.read("government_xa", hook))["status"] == "ended"
    assert (await world.caller.send("government_xa", "DELETE", path)).status_code == 204


async def test_a_client_without_the_resource_has_no_webhooks(world: World) -> None:
    made = await world.client("XA", "membership.*")
    body = {"name": "Register", "url": URL, "types": ["*"]}
    refused = await world.caller.send(made["name"], "POST", HOOKS, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


async def test_the_secretariat_makes_one_for_another(world: World) -> None:
    made = await world.client("XA", "membership.*", "access.*")
    owner = {"kind": "client", "id": made["id"]}
    hook = await world.make("admin", URL, owner=owner)
    assert (hook["owner"]["id"], (await world.read(made["name"], hook))["id"]) == (made["id"], hook["id"])
    body = {"name": "Register", "url": URL, "types": ["*"], "owner": owner}
    refused = await world.caller.send("government_xb", "POST", HOOKS, body)
    assert refused.status_code == 403


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_another_address_answers_a_ping_again(world: World, engine: WebhookEngine, receiver: Receiver) -> None:
    hook = await world.active("government_xa", receiver.url)
    assert receiver.pings[0].event["type"] == PINGED
    path = f"{HOOKS}/{hook['id']}"
    before = await world.read("government_xa", hook)
    changed = await world.caller.send(
        "government_xa", "PATCH", path, {"url": receiver.url + "/other"}, **{"If-Match": f'"{before["version"]}"'}
    )
    assert (changed.status_code, changed.json()["status"]) == (200, "unverified")
    await world.answered("government_xa", hook)
    assert len(receiver.pings) == 2


@pytest.mark.long("waits until the engine looks at what is due again")
async def test_a_ping_without_an_answer_verifies_nothing(
    world: World, engine: WebhookEngine, receiver: Receiver
) -> None:
    receiver.answers = lambda _received, _count: (500, {}, "no")
    hook = await world.make("government_xa", receiver.url)

    async def is_over() -> bool:
        found = await world.deliveries("government_xa", hook)
        return found[0]["status"] == "exhausted"

    await eventually(is_over)
    refused = await world.caller.step("government_xa", hook["links"]["self"], "verify")
    assert (refused.status_code, refused.json()["reason"]) == (409, "ping_not_answered")
    receiver.answers = lambda _received, _count: (200, {}, "")
    assert (await world.caller.step("government_xa", hook["links"]["self"], "ping")).status_code == 200
    await world.answered("government_xa", hook)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("status=odd", "deliveries"),
        ("cursor=odd", "deliveries"),
        ("step=year", "statistics"),
        ("from=2026-01-01&to=2026-06-01", "statistics"),
        ("from=odd", "statistics"),
    ],
)
async def test_what_cannot_be_asked_of_a_webhook(world: World, query: str, path: str) -> None:
    hook = await world.make("government_xa", URL)
    refused = await world.caller.send("government_xa", "GET", f"{HOOKS}/{hook['id']}/{path}?{query}")
    assert refused.status_code == 400


@pytest.mark.parametrize(
    "body",
    [{}, {"event_id": None, "from": "2020-01-01T00:00:00Z"}, {"from": "2100-01-01T00:00:00Z"}, {"from": "odd"}],
)
async def test_what_cannot_be_sent_again(world: World, body: dict[str, Any]) -> None:
    hook = await world.make("government_xa", URL)
    refused = await world.caller.send("government_xa", "POST", f"{HOOKS}/{hook['id']}/replays", body)
    assert refused.status_code == 422, refused.text


async def _set_contacts(world: World, by: str, client: str, contacts: list[str]) -> httpx.Response:
    tag = (await world.caller.send("admin", "GET", client)).headers["etag"]
    return await world.caller.send(by, "PATCH", client, {"contacts": contacts}, **{"If-Match": tag})


async def _client_of_xa(world: World) -> str:
    found = await world.caller.send("admin", "GET", "/clients?client_id=demo-government-xa")
    return f"/clients/{found.json()['items'][0]['id']}"


async def test_contacts_are_accounts_that_whoever_names_them_knows(world: World) -> None:
    client = await _client_of_xa(world)
    for contact in (str(UUID(int=7)), "nobody"):
        refused = await _set_contacts(world, "admin", client, [contact])
        assert refused.status_code == 422, refused.text
    many = await _set_contacts(world, "admin", client, [world.caller.account("officer")] * 11)
    assert many.status_code == 422
    named = await _set_contacts(world, "admin", client, [world.caller.account("officer")])
    assert (named.status_code, named.json()["contacts"]) == (200, [world.caller.account("officer")])
    assert (await _set_contacts(world, "officer", client, [])).status_code in (403, 404)
    assert (await _set_contacts(world, "admin", client, [])).json()["contacts"] == []


@pytest.mark.parametrize(("whose", "mails"), [("admin", 1), ("government_xa", 1)])
async def test_a_failing_webhook_mails_its_owner_or_contacts_four_times(world: World, whose: str, mails: int) -> None:
    """After an hour, a day, four days, and at the end. Nobody is mailed at an address that they have not confirmed."""
    hook = await world.make(whose, URL)
    await world.owner.execute("UPDATE access_webhook SET status = 'active' WHERE id = $1::text::uuid", hook["id"])
    await world.owner.execute("UPDATE access_account SET email_verified = email <> 'reviewer1@demo.example'")
    contacts = [world.caller.account(name) for name in ("officer", "reviewer1")]
    assert (await _set_contacts(world, "admin", await _client_of_xa(world), contacts)).status_code == 200
    database = await Database.open(world.settings.database_dsn(), size=1)

    async def mailed() -> int:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            return await mail_about_failing(uow, MailSeal(world.settings), world.settings.issuer)

    for hours, count in ((0.5, 0), (2, mails), (2, 0), (25, mails), (97, mails), (110, 0)):
        await world.owner.execute(
            "UPDATE access_webhook_state SET failing_since = now() - make_interval(secs => $2 * 3600)"
            " WHERE webhook_id = $1::text::uuid",
            hook["id"],
            hours,
        )
        assert await mailed() == count, hours
    await world.owner.execute(
        "UPDATE access_webhook SET status = 'disabled', updated_by = 'system' WHERE id = $1::text::uuid", hook["id"]
    )
    assert [await mailed(), await mailed()] == [mails, 0]
    await database.close()
