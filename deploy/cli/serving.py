"""A uvicorn process: it becomes not ready before it closes its port, and serves its metrics on another port."""

import asyncio
import os
import resource
import signal
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from functools import partial
from importlib import import_module
from socket import socket
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from deploy.cli.memory import permanent
from deploy.local.combined import Combined
from shared.configuration.settings import Settings
from shared.observability import logs, metrics
from shared.observability.spans import spans
from shared.web.edge.connections import ConnectionLimits, Connections
from shared.web.edge.protocol import Protocol

_OTHER_FILES = 256
"""Open files of a process in addition to connections of clients."""
_IDLE_SECONDS = 75
"""Seconds for which a connection stays open without a request: longer than clients and proxies reuse one (5 to 60
seconds), so that none sends a request on a closing connection."""


class Server(uvicorn.Server):
    """On SIGTERM or SIGINT `/readyz` returns 503; new requests are accepted for `drain` seconds; then open ones have
    their grace. A second signal ends the draining."""

    def __init__(self, config: uvicorn.Config, apps: Sequence[Starlette], drain: float) -> None:
        super().__init__(config)
        self._apps = apps
        self._drain = drain
        self._is_stopping = False

    def is_ready(self) -> bool:
        return self.started and not self._is_stopping and not self.should_exit

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Sends waiting spans before uvicorn raises the signal again, which ends the process."""
        await super().shutdown(sockets)
        spans.close()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        for app in self._apps:
            if hasattr(app.state, "readiness"):
                app.state.readiness.drain()
        if self._is_stopping or self._drain <= 0:
            super().handle_exit(sig, frame)
            return
        self._is_stopping = True
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(loop.call_later, self._drain, super().handle_exit, signal.Signals(sig), None)


async def serve(service: str, *, host: str, port: int, grace: int, drain: float) -> None:
    """Serve one service, or `all` in this process, until SIGTERM or SIGINT."""
    process = "api" if service == "all" else service
    logs.configure(process)
    with suppress(OSError):
        tempfile.gettempdir()  # found once, by writing a file: on a full disk none is found
    spans.export(process)
    app = _app(service)
    apps = list(app.apps.values()) if isinstance(app, Combined) else [app]
    proxies = [str(network) for network in apps[0].state.settings.trusted_proxies]
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=partial(Protocol, connections=_connections(apps)),  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=grace,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    server = Server(config, apps, drain)
    async with AsyncExitStack() as resources:
        if metrics_port := int(os.environ.get("ESCM_METRICS_PORT") or 0):
            metrics_host = os.environ.get("ESCM_METRICS_HOST") or host
            shown = await metrics.serve(metrics_port, server.is_ready, metrics_host)
            resources.callback(shown.close)
        await server.serve()


def _connections(apps: Sequence[Starlette]) -> Connections:
    """The limit of the settings, or as many connections as the process may have open files, minus some for others."""
    settings: Settings = apps[0].state.settings
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.connections + _OTHER_FILES
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
        wanted = allowed
    limits = ConnectionLimits(connections=wanted - _OTHER_FILES, head_seconds=settings.head_seconds)
    return Connections(limits)


def _app(service: str) -> Combined | Starlette:
    module = "deploy.local.combined" if service == "all" else f"services.{service}.app"
    with permanent():
        app: Combined | Starlette = import_module(module).create_app()
    return app
