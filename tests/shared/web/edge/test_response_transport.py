"""The head of a response and the start of its body are sent together; neither waits for late parts."""

import asyncio
import socket
from collections.abc import Iterable
from types import ModuleType

import pytest
import uvloop

from shared.web.edge.response_transport import ResponseTransport


class Recorder(asyncio.Transport):
    """Records what is sent at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:  # type: ignore[override]
        self.sent.append(data)

    def writelines(self, list_of_data: Iterable[bytes]) -> None:  # type: ignore[override]
        self.sent.append(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


def begun() -> tuple[ResponseTransport, Recorder]:
    """A response whose head was written."""
    recorder = Recorder()
    transport = ResponseTransport(recorder, asyncio.get_running_loop())
    transport.write(b"head ")
    return transport, recorder


async def test_a_head_and_a_body_that_follows_at_once_are_sent_together():
    transport, recorder = begun()
    transport.write(b"body")
    transport.write(b"more")
    await asyncio.sleep(0)
    assert recorder.sent == [b"head body", b"more"]


async def test_a_head_does_not_wait_for_a_body_that_is_late():
    transport, recorder = begun()
    await asyncio.sleep(0)
    assert recorder.sent == [b"head "]
    transport.write(b"body")
    assert recorder.sent == [b"head ", b"body"]


async def test_a_head_is_sent_before_the_connection_is_closed():
    transport, recorder = begun()
    transport.close()
    assert transport.is_closing()
    assert recorder.sent == [b"head "]


async def test_nothing_is_sent_over_a_connection_that_was_closed():
    _, recorder = begun()
    recorder.close()
    await asyncio.sleep(0)
    assert recorder.sent == []


@pytest.mark.parametrize("policy", [asyncio, uvloop])
def test_a_body_that_follows_after_the_connection_was_lost_is_dropped(policy: ModuleType):
    async def lose() -> None:
        here, there = socket.socketpair()
        with there:
            connected, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=here)
            response = ResponseTransport(connected, asyncio.get_running_loop())
            response.write(b"head ")
            connected.abort()
            response.write(b"body")
            await asyncio.sleep(0)
            there.setblocking(False)
            assert there.recv(16) == b""

    loop = policy.new_event_loop()
    try:
        loop.run_until_complete(lose())
    finally:
        loop.close()
