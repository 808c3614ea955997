"""`escm api listen` and `trigger` on a sandbox: the receiver on a developer's machine verifies the signature. And the
webhooks of a ministry from a shell."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from services.access.app import create_app
from services.access.settings import AccessSettings
from shared.kernel.clock import now, to_text
from tests.access.notifying.webhooks.receiver import Receiver
from tests.access.notifying.webhooks.world import World
from tests.support.documents import run_escm
from tests.support.waiting import eventually

DESIGNATED = "escm.centres.centre.designated.v1"
_PROGRAM = ("-m", "deploy.cli", "api")


class Shell:
    """A shell of somebody who is logged in as a client."""

    def __init__(self, origin: str, client: dict[str, str], folder: Path) -> None:
        self._folder, self._login = folder, folder / "login.json"
        login = {"url": origin, "kind": "client", "id": client["id"], "secret": client["secret"]}
        self._login.write_text(json.dumps(login))

    @property
    def environment(self) -> dict[str, str]:
        return {"ESCM_API_LOGIN": str(self._login), "COLUMNS": "200", "no_proxy": "127.0.0.1"}

    async def run(self, command: str) -> tuple[int, str]:
        return await asyncio.to_thread(run_escm, f"escm api {command}", self._folder, **self.environment)

    async def done(self, command: str) -> str:
        status, said = await self.run(command)
        assert status == 0, said
        return said


@asynccontextmanager
async def served(settings: AccessSettings) -> AsyncIterator[str]:
    """The origin of access on a port of this machine."""
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def ministry(
    request: pytest.FixtureRequest, own_settings: AccessSettings, own_demo: dict[str, Any], world: World, tmp_path: Path
) -> AsyncIterator[Shell]:
    """A shell before an installation of this environment, with the secrets of the tests."""
    async with served(own_settings.model_copy(update={"environment": request.param})) as origin:
        yield Shell(origin, own_demo["clients"]["government_xa"], tmp_path)


@pytest.mark.long("starts a server and a shell")
@pytest.mark.parametrize("ministry", ["sandbox"], indirect=True)
async def test_a_triggered_event_arrives_signed(ministry: Shell, receiver: Receiver) -> None:
    listening = await asyncio.create_subprocess_exec(
        sys.executable, *_PROGRAM, "listen", "--forward-to", receiver.url, "--type", "escm.centres.*",
        env={"PYTHONPATH": ".", "PYTHONUNBUFFERED": "1", **ministry.environment}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert listening.stdout is not None
    try:
        key = (await asyncio.wait_for(listening.stdout.readline(), 60)).decode().strip()

        async def arrived() -> Any:
            sent = await ministry.done(f"trigger {DESIGNATED}")
            assert (DESIGNATED in sent, sent.strip().endswith("XA")) == (True, True)
            return receiver.received

        (first, *_) = await eventually(arrived, every=1)
        assert (first.event["type"], first.event["data"]["country"]) == (DESIGNATED, "XA")
        assert first.is_signed_by(secret=key)
        assert first.is_accepted_with(key)
    finally:
        listening.kill()
        await listening.wait()


@pytest.mark.long("starts a server and a shell")
@pytest.mark.parametrize("ministry", ["laptop"], indirect=True)
async def test_a_ministry_keeps_its_webhooks_from_a_shell(ministry: Shell, receiver: Receiver, world: World) -> None:
    made = json.loads(
        await ministry.done(f"webhooks create Register {receiver.url} rate=5 --type 'escm.centres.*' --json")
    )
    ref = made["ref"]
    assert (made["rate"], made["secret"][:6]) == (5, "whsec_")
    assert ref in await ministry.done("webhooks list")
    status, said = await ministry.run(f"webhooks verify {ref}")
    assert (status, "ping_not_answered" in said) == (2, True)
    world.start()
    await ministry.done(f"webhooks ping {ref}")

    async def verified() -> bool:
        return (await ministry.run(f"webhooks verify {ref}"))[0] == 0

    await eventually(verified, every=1)
    assert (await ministry.run(f"webhooks replay {ref}"))[0] == 1
    assert "/access/v1/jobs/" in await ministry.done(
        f"webhooks replay {ref} --from {made['created_at']} --to {to_text(now())} --status all"
    )
    rotated = json.loads(await ministry.done(f"webhooks rotate {ref} --overlap-hours 1 --json"))
    assert (len(rotated["keys"]), rotated["secret"] == made["secret"]) == (2, False)
    for command, state in (("pause", "paused"), ("resume --from now", "active"), ("disable --reason over", "disabled")):
        verb, _, rest = command.partition(" ")
        assert json.loads(await ministry.done(f"webhooks {verb} {ref} {rest} --json"))["status"] == state
