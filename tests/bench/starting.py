"""Starts of the apps: from the command until `/readyz` returns 200. The bound is the speed of the core."""

import statistics
import time
from typing import Any

import asyncpg
import httpx

from deploy.local.ports import first_free
from tests.bench.core import grouping, target
from tests.bench.servers import API_CORE, Addresses, running

_APPS = ("membership", "centres", "actions", "access", "portal")
_STARTS = 5
_PATIENCE = 60
"""Seconds after which a start has failed."""
NAMES = {f"start_{app}" for app in _APPS}


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """The median of the starts of each app on one core. Python's compiled files exist."""
    return {f"start_{app}": await _result(app, at, connection) for app in _APPS}


async def _result(app: str, at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    bound, took = await grouping(connection), statistics.median([_start(app, at) for _ in range(_STARTS)])
    return {"value": took, "bound": bound, "ratio": took / bound, "unit": "ms", "target": f"below {target(3_000)}"}


def _start(app: str, at: Addresses) -> float:
    """The milliseconds of one start."""
    port = first_free(25000)
    probe = f"http://127.0.0.1:{port}/{'' if app == 'portal' else f'{app}/v1/'}readyz"
    began = time.perf_counter()
    with running(f"serve {app} --port {port}", at, API_CORE):
        while not _is_ready(probe):
            if time.perf_counter() - began > _PATIENCE:
                raise RuntimeError(f"{app} is not ready after {_PATIENCE} s")
            time.sleep(0.02)
        return (time.perf_counter() - began) * 1000


def _is_ready(probe: str) -> bool:
    try:
        return httpx.get(probe, timeout=5).status_code == 200
    except httpx.TransportError:
        return False
