"""`escm serve`, `escm worker`, `escm relay`: one process each."""

import asyncio
import ctypes
import signal
from collections.abc import Coroutine
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, Literal

import typer

from deploy.cli.installation import enter

App = Literal["membership", "centres", "actions", "access", "portal", "all"]
Worker = Literal["membership", "centres", "actions", "access"]
_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's mallopt(3)."""


def serve(
    service: Annotated[App, typer.Argument(help="The service, or `all` in one process.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    grace: Annotated[int, typer.Option(help="Seconds for open requests to end after SIGTERM.")] = 25,
    drain: Annotated[float, typer.Option(help="Seconds of accepting requests after SIGTERM, while not ready.")] = 0,
) -> None:
    """Serve the API of one service, or of all."""
    enter()
    _keep_one_heap()
    import uvloop

    from deploy.cli.serving import serve as run

    uvloop.run(run(service, host=host, port=port, grace=grace, drain=drain))


def worker(service: Annotated[Worker, typer.Argument(help="The service whose facts and jobs to handle.")]) -> None:
    """Handle the facts and jobs of one service until SIGTERM."""
    enter()
    _run(import_module(f"services.{service}.worker").run())


def relay() -> None:
    """Order committed facts, link the audit trail, and deliver facts to their consumers until SIGTERM."""
    enter()
    from shared.audit.chain import Chain
    from shared.configuration.settings import Settings
    from shared.messaging.relay import run

    settings = Settings()
    _run(run(settings, (Chain(settings),)))


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends, or SIGTERM or Ctrl-C cancels it."""
    _keep_one_heap()
    import uvloop

    async def until_signalled() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    uvloop.run(until_signalled())


def _keep_one_heap() -> None:
    """Limits glibc to one heap. By default each thread has one, but Python's threads alternate, so that this only
    fragments free memory: with one heap, a worker that imports a million rows needs a quarter less. Other C libraries
    have no such setting."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
