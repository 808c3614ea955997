"""Callers of webhooks, and the engines that drive them."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg

from services.access.notifying.sending.engine import WebhookEngine
from services.access.settings import AccessSettings
from services.access.worker import create_worker
from shared.messaging.supervision import end
from tests.access.caller import Caller
from tests.support.waiting import eventually
from tests.support.workers import at_work, without_relay

HOOKS = "/webhooks"
Answer = dict[str, Any]


class World:
    """What tests do with webhooks over HTTP."""

    def __init__(self, caller: Caller, settings: AccessSettings, owner: asyncpg.Connection) -> None:
        self.caller = caller
        self.settings = settings
        self.owner = owner
        self._engines: dict[WebhookEngine, asyncio.Task[None]] = {}

    def start(self, **options: Any) -> WebhookEngine:
        """Starts an engine."""
        engine = WebhookEngine(self.settings, **options)
        self._engines[engine] = asyncio.create_task(engine.run())
        return engine

    async def stop(self, engine: WebhookEngine) -> None:
        await end([self._engines.pop(engine)])

    async def close(self) -> None:
        await end(list(self._engines.values()))
        await self.owner.execute("UPDATE access_webhook SET status = 'ended'")

    async def make(self, name: str, url: str, **more: Any) -> Answer:
        body = {"name": "Register", "url": url, "types": ["*"], **more}
        made = await self.caller.send(name, "POST", HOOKS, body)
        assert made.status_code == 201, made.text
        return dict(made.json())

    async def active(self, name: str, url: str, **more: Any) -> Answer:
        """A webhook whose address has answered the ping."""
        made = await self.make(name, url, **more)
        await self.answered(name, made)
        activated = await self.caller.step(name, made["links"]["self"], "verify")
        assert activated.status_code == 200, activated.text
        return {**activated.json(), "secret": made["secret"]}

    async def answered(self, name: str, hook: Answer) -> None:
        await eventually(lambda: self.may(name, hook, "verify"))

    async def may(self, name: str, hook: Answer, verb: str) -> bool:
        found = await self.read(name, hook)
        return any(one["allowed"] for one in found["allowed_actions"] if one["action"] == verb)

    async def read(self, name: str, hook: Answer) -> Answer:
        found = await self.caller.send(name, "GET", f"{HOOKS}/{hook['id']}")
        assert found.status_code == 200, found.text
        return dict(found.json())

    async def deliveries(self, name: str, hook: Answer, **query: str) -> list[Answer]:
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        return await self.caller.everything(name, f"/access/v1{HOOKS}/{hook['id']}/deliveries?limit=200&{asked}")

    async def client(self, country: str, *resources: str) -> Answer:
        """A client of a country, which a test may revoke."""
        name = f"Client {uuid4().hex}"
        body = {
            "name": name, "scope_kind": "country", "scope_id": country, "resources": [*resources],
            "verbs": ["read", "write"],
        }  # fmt: skip
        made = await self.caller.send("admin", "POST", "/clients", body)
        assert made.status_code == 201, made.text
        found = made.json()
        self.caller.clients[name] = {"id": found["client_id"], "secret": found["secret"]}
        grant = {
            "principal": {"kind": "client", "id": found["id"]}, "role": "government_focal_point",
            "scope_kind": "country", "scope_id": country,
        }  # fmt: skip
        granted = await self.caller.send("admin", "POST", "/grants", grant)
        assert granted.status_code == 201, granted.text
        return {"name": name, "id": found["id"], "link": found["links"]["self"]}

    async def work(self) -> None:
        """A worker takes the jobs that wait."""
        async with at_work(
            without_relay(create_worker(self.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1"})))
        ):
            await eventually(self._has_worked)

    async def _has_worked(self) -> bool:
        waiting = "SELECT count(*) FROM core_job WHERE job_type = 'replay_webhook' AND finished_at IS NULL"
        return not await self.owner.fetchval(waiting)

    async def change(self) -> str:
        """Something happens: a client is entered in Alphaland. Its ref."""
        body = {
            "name": f"Changed {uuid4().hex}", "scope_kind": "country", "scope_id": "XA",
            "resources": ["membership.*"], "verbs": ["read"],
        }  # fmt: skip
        made = await self.caller.send("admin", "POST", "/clients", body)
        assert made.status_code == 201, made.text
        return str(made.json()["ref"])
