"""Promise 51: principals share slots for long responses, and a reader that does not read loses its slot."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from starlette.types import Scope

from shared.kernel.errors import Unavailable
from shared.kernel.principal import ANONYMOUS, Principal, PrincipalKind
from shared.web.jobs import job_events
from shared.web.request import streams
from shared.web.request.places import Places, holder_of
from shared.web.request.streams import Pace
from tests.support.waiting import eventually


async def test_a_principal_holds_so_many_places_and_never_the_last() -> None:
    places = Places(3, 2)
    async with places.occupy("many"), places.occupy("many"):
        with pytest.raises(Unavailable):
            async with places.occupy("many"):
                pass
        async with places.occupy("one"):
            with pytest.raises(Unavailable):
                async with places.occupy("other"):
                    pass
    async with places.occupy("first"), places.occupy("second"):
        with pytest.raises(Unavailable):
            async with places.occupy("first"):
                pass
        async with places.occupy("third"):
            pass


async def test_places_go_to_those_who_wait_in_their_order() -> None:
    places = Places(1, 1, patience=30)
    order: list[str] = []
    gate = asyncio.Event()

    async def use(who: str) -> None:
        async with places.occupy(who):
            order.append(who)
            await gate.wait()

    tasks = [asyncio.create_task(use(who)) for who in ("first", "second", "third")]
    await until(lambda: order == ["first"])
    gate.set()
    await tasks[0]
    again = asyncio.create_task(use("first"))
    await asyncio.gather(*tasks, again)
    assert order == ["first", "second", "third", "first"]


async def test_who_waits_too_long_or_goes_away_leaves_no_trace() -> None:
    places = Places(1, 1, patience=0.05)
    async with AsyncExitStack() as occupied:
        await occupied.enter_async_context(places.occupy("one"))
        with pytest.raises(Unavailable):
            async with places.occupy("other"):
                pass
        places_of_gone = Places(1, 1, patience=30)
        await occupied.enter_async_context(places_of_gone.occupy("one"))
        gone = asyncio.create_task(places_of_gone.occupy("gone").__aenter__())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
    async with places.occupy("other"), places_of_gone.occupy("other"):
        pass


async def test_one_principal_does_not_listen_to_jobs_in_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_events, "PAUSE", 0.01)
    job: dict[str, Any] = dict.fromkeys(("attempts", "done", "total"), 0)
    job["status"] = "running"
    places, state = Places(3, 2), SimpleNamespace(is_draining=False)
    scope: Scope = {"type": "http", "headers": [], "app": SimpleNamespace(state=SimpleNamespace(readiness=state))}
    many, one = (Principal(PrincipalKind.ACCOUNT, uuid4()) for _ in range(2))

    async def look() -> dict[str, Any]:
        return job

    async def receive() -> dict[str, Any]:
        return {}

    async def listen(who: Principal) -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await job_events.JobEvents(places, who, look, look, lambda _row: {})(scope, receive, send)
        return sent

    listening = [asyncio.create_task(listen(who)) for who in (many, many, one)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await listen(many)
    job["status"] = "succeeded"
    for sent in await asyncio.gather(*listening):
        assert b"event: ended" in sent[-2]["body"]


def test_a_key_takes_its_owners_places_and_nobody_those_of_the_address() -> None:
    owner = Principal(PrincipalKind.CLIENT, uuid4())
    key = Principal(PrincipalKind.KEY, uuid4(), owner=owner.id)
    scope = {"client": ("2001:db8::1", 1)}
    assert holder_of(key, scope) == holder_of(owner, scope)
    assert holder_of(ANONYMOUS, scope) == holder_of(ANONYMOUS, {"client": ("2001:db8::2", 1)})
    assert holder_of(ANONYMOUS, scope) != holder_of(ANONYMOUS, {"client": ("192.0.2.1", 1)})


@pytest.mark.long("reads slowly")
async def test_a_client_that_takes_a_little_now_and_then_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PATIENCE", 1.0)

    async def slowly(_message: Any) -> None:
        await asyncio.sleep(0.05)

    async def send_all(body: bytes, parts: int) -> None:
        pace = Pace(slowly)
        for _ in range(parts):
            await pace.send({"type": "http.response.body", "body": body})

    with pytest.raises(TimeoutError):
        await send_all(b"x", 30)
    await send_all(bytes(streams.SLOWEST), 30)


async def until(check: Callable[[], bool]) -> None:
    """Waits until the condition is true."""

    async def look() -> bool:
        return check()

    await eventually(look)
