"""A job followed by server-sent events: to its end, again after a lost connection, and only by permitted callers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from shared.kernel.errors import Unavailable
from shared.web.jobs import job_events
from tests.support.callers import CALLERS, KnownCallers
from tests.support.imports import Importer, counts, csv_of

Polled = Callable[[int], Awaitable[None]]


def events(text: str) -> list[dict[str, Any]]:
    """The events of a stream: `id`, `event` and the parsed `data`, without comments."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if "data" in fields:
            found.append({**fields, "data": orjson.loads(fields["data"])})
    return found


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_events, "PAUSE", 0.01)


@pytest.fixture
def alone(service: httpx.AsyncClient, principals: None, database: asyncpg.Connection) -> Importer:
    """The secretariat, without a worker."""
    return Importer(service, "secretariat")


@pytest.fixture
async def job(database: asyncpg.Connection) -> str:
    """The address of a job of the secretariat that no worker takes."""
    key = await database.fetchval(
        "INSERT INTO core_job (id, service, job_type, payload, created_by, principal, bulk)"
        " VALUES (uuidv7(), 'membership', 'of_nobody', '{}', $1, 'somebody', false) RETURNING id",
        CALLERS["secretariat"].label,
    )
    return f"/membership/v1/jobs/{key}"


@pytest.fixture
def polled(monkeypatch: pytest.MonkeyPatch) -> Polled:
    """Waits until the streams of the test have compared a job's state so many times."""
    state_of, seen = job_events._state, asyncio.Semaphore(0)

    def counted(job: Mapping[str, Any]) -> str:
        seen.release()
        return state_of(job)

    async def polled(times: int) -> None:
        async with asyncio.timeout(60):
            for _ in range(times):
                await seen.acquire()

    monkeypatch.setattr(job_events, "_state", counted)
    return polled


@pytest.mark.long("follows a whole import")
async def test_an_import_is_followed_to_its_end(secretariat: Importer, government: Importer) -> None:
    people = [(f"Person {n}", "XA") for n in range(6000)]
    response = await secretariat.send("experts", csv_of("full_name,country", people))
    address = f"{response.headers['location']}/events"
    stream = await secretariat.caller.get(address)
    assert (stream.status_code, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert stream.headers["cache-control"] == "no-store"
    sent = events(stream.text)
    assert [one["event"] for one in sent] == ["progress"] * (len(sent) - 1) + ["ended"]
    assert len({one["id"] for one in sent}) == len(sent) > 1
    job = (await secretariat.caller.get(response.headers["location"])).json()
    assert sent[-1]["data"] == job
    assert job["result"]["counts"] == counts(created=6000)
    assert (await government.caller.get(address)).status_code == 404
    resumed = await secretariat.caller.get(address, headers={"Last-Event-ID": sent[0]["id"]})
    assert [one["id"] for one in events(resumed.text)] == [sent[-1]["id"]]
    over = await secretariat.caller.get(address, headers={"Last-Event-ID": sent[-1]["id"]})
    assert (over.status_code, over.content) == (204, b"")


async def test_a_silent_stream_sends_heartbeats_and_no_event_that_is_known(
    alone: Importer, job: str, polled: Polled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_events, "HEARTBEAT", 0)
    following = asyncio.create_task(alone.caller.get(f"{job}/events", headers={"Last-Event-ID": "0-queued-0-None"}))
    await polled(3)
    assert (await alone.caller.request("DELETE", job)).status_code == 202
    stream = await following
    assert ": still there\n\n" in stream.text
    assert [(one["event"], one["data"]["status"]) for one in events(stream.text)] == [("ended", "cancelled")]


async def test_who_may_not_listen_any_more_hears_no_end(
    alone: Importer, job: str, polled: Polled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_events, "AUTHORITY", 0.05)
    following = asyncio.create_task(alone.caller.get(f"{job}/events"))
    await polled(1)

    async def refuse(*_given: object) -> None:
        raise Unavailable("not now")

    monkeypatch.setattr(KnownCallers, "principal", refuse)
    assert [one["event"] for one in events((await following).text)] == ["progress"]


async def test_streams_end_when_the_process_is_to_stop(
    service: httpx.AsyncClient, alone: Importer, job: str, polled: Polled, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = service._transport.app  # type: ignore[attr-defined]
    following = asyncio.create_task(alone.caller.get(f"{job}/events"))
    await polled(1)
    monkeypatch.setattr(app.state.readiness, "is_draining", True)
    assert [one["event"] for one in events((await following).text)] == ["progress"]
