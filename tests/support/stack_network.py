"""Restricts tests to loopback."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest


class OutsideNetwork(RuntimeError):
    """A test, or the code under test, tried to connect to another machine. Not an OSError, so that no code handles it
    as a fault."""


def _refuse_outside(host: Any) -> None:
    if host is None or host in ("", b"", "localhost", b"localhost"):
        return
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        local = ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:
        local = False
    if not local:
        raise OutsideNetwork(f"tests may not reach {text}")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Rejects name resolution and connections beyond loopback for the whole session."""
    with pytest.MonkeyPatch.context() as patch:
        for method in ("connect", "connect_ex"):
            patch.setattr(socket.socket, method, _guarded(getattr(socket.socket, method)))
        resolve = socket.getaddrinfo

        def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
            _refuse_outside(host)
            return resolve(host, *arguments, **options)

        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_outside(address[0])
        return connect(self, address)

    return guarded
