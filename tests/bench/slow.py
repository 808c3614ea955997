"""The effect of 2,000 slow connections on others: half heads, half bodies, and responses that nobody reads."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.bench.servers import LOAD_CORE, alone, memory_mb

COUNT = 2_000
REQUESTS = 1_000
_PATH = "/membership/v1/experts"
_EVERY = 2.0
"""Seconds between two bytes of a slow connection."""
_OPENING = 20.0
"""Seconds in which the slow connections are opened."""
_SETTLE = 25.0


def slow(kind: int, token: str) -> bytes:
    """The start of a request: a half head, a half body, or a request whose response is not read."""
    head = f"{'POST' if kind == 1 else 'GET'} {_PATH}?limit=200 HTTP/1.1\r\nHost: localhost\r\n"
    if kind == 0:
        return f"{head}X-Slow: {'x' * 8192}".encode()
    if kind == 1:
        fields = f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n"
        return f"{head.replace('?limit=200', '')}{fields}Idempotency-Key: slow\r\n\r\n{' ' * 65536}".encode()
    return f"{head}\r\n".encode()


async def crowd(port: int, token: str) -> None:
    """Keeps the connections open, and reopens each that the server ends."""

    async def one(number: int) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(number / COUNT * _OPENING)
        while True:
            with socket.socket() as connection, suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.setblocking(False)
                await loop.sock_connect(connection, ("127.0.0.1", port))
                await loop.sock_sendall(connection, slow(number % 3, token))
                while True:
                    await asyncio.sleep(_EVERY)
                    await loop.sock_sendall(connection, b"x" if number % 3 < 2 else b"")
                    if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        break

    await asyncio.gather(*(one(number) for number in range(COUNT)))


async def measure(ours: str, pid: int, token: str) -> dict[str, Any]:
    """The p99 of reads during the slow connections divided by that of an idle process, and the peak memory."""
    quiet, _ = await _p99(ours, pid)
    port = str(urlsplit(ours).port)
    command = ["taskset", "-c", LOAD_CORE, sys.executable, "-m", "tests.bench.slow", port]
    process = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs here yet
        command, env={**os.environ, "BENCH_TOKEN": token}
    )
    try:
        await asyncio.sleep(_SETTLE)
        crowded, most = await _p99(ours, pid)
    finally:
        process.kill()
        process.wait()
    return {
        "slow_connections": {"value": crowded, "bound": quiet, "ratio": crowded / quiet, "unit": "ms, p99 beside them"},
        "slow_connections_rss_mb": alone(most, "MB"),
    }


async def _p99(ours: str, pid: int) -> tuple[float, float]:
    """Milliseconds that 99 of 100 reads take, and the peak memory in megabytes meanwhile."""
    times, most = [], 0.0
    async with httpx.AsyncClient(base_url=ours, timeout=30, trust_env=False) as client:
        for number in range(REQUESTS):
            began = time.perf_counter()
            response = await client.get(_PATH, params={"limit": 1})
            times.append(time.perf_counter() - began)
            response.raise_for_status()
            await asyncio.sleep(0.01)
            if number % 50 == 0:
                most = max(most, memory_mb(pid))
    return sorted(times)[int(REQUESTS * 0.99)] * 1000, most


if __name__ == "__main__":
    asyncio.run(crowd(int(sys.argv[1]), os.environ["BENCH_TOKEN"]))
