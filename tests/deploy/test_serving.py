"""A served process: health, metrics, and the order of its shutdown."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from deploy.local.ports import HOST, first_free
from tests.support.waiting import PATIENCE


@contextmanager
def _portal(port: int, metrics_port: int, drain: float) -> Iterator["subprocess.Popen[bytes]"]:
    """The one service that needs no database."""
    command = [sys.executable, "-m", "deploy.cli", "serve", "portal", "--port", str(port), "--drain", str(drain)]
    environment = {**os.environ, "ESCM_METRICS_PORT": str(metrics_port), "REDIS_URL": f"redis://{HOST}:9/0"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()


def _status(port: int, path: str) -> int:
    """The status of a response; 0 without one."""
    try:
        return httpx.get(f"http://{HOST}:{port}{path}", trust_env=False, timeout=3).status_code
    except httpx.TransportError:
        return 0


def _becomes(port: int, path: str, status: int, within: float = PATIENCE) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if _status(port, path) == status:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.long("waits for a process to stop")
def test_a_stopping_process_turns_not_ready_while_it_still_responds(port: int) -> None:
    own = first_free(port + 70)
    shown = first_free(own + 1)
    with _portal(own, shown, drain=5) as process:
        assert _becomes(own, "/readyz", 200)
        assert _becomes(shown, "/readyz", 200)
        assert _status(shown, "/metrics") == 200
        process.send_signal(signal.SIGTERM)
        assert _becomes(own, "/readyz", 503, within=5)
        assert _status(shown, "/readyz") == 503
        assert _status(own, "/livez") == 200
        assert process.wait(30) in (0, -signal.SIGTERM)
        assert _status(own, "/livez") == 0


@pytest.mark.long("starts a process")
def test_without_draining_a_process_stops_at_once(port: int) -> None:
    own = first_free(port + 80)
    with _portal(own, first_free(own + 1), drain=0) as process:
        assert _becomes(own, "/readyz", 200)
        process.send_signal(signal.SIGTERM)
        process.wait(15)
