"""`escm serve`, `escm worker`, `escm relay`: one process each."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Any, Literal

import typer

from deploy.cli.installation import enter
from deploy.cli.memory import keep_one_heap, permanent

App = Literal["membership", "centres", "actions", "access", "portal", "all"]
Worker = Literal["membership", "centres", "actions", "access", "publishing"]


def serve(
    service: Annotated[App, typer.Argument(help="The service, or `all` in one process.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    grace: Annotated[int, typer.Option(help="Seconds for open requests to end after SIGTERM.")] = 25,
    drain: Annotated[float, typer.Option(help="Seconds of accepting requests after SIGTERM, while not ready.")] = 0,
) -> None:
    """Serve the API of one service, or of all."""
    enter()
    keep_one_heap()
    import uvloop

    from deploy.cli.serving import serve as run

    uvloop.run(run(service, host=host, port=port, grace=grace, drain=drain))


def worker(
    name: Annotated[Worker, typer.Argument(help="A service, whose facts and jobs to handle, or `publishing`.")],
) -> None:
    """Handle the facts and jobs of one service until SIGTERM; `publishing` reads manuscripts and builds editions."""
    enter()
    service, module = ("actions", "global_report.publishing_worker") if name == "publishing" else (name, "worker")
    with permanent():
        run = import_module(f"services.{service}.{module}").run
        settings = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")()
    _run(_migrated(settings.database_dsn(), run))


def relay() -> None:
    """Order committed facts, link the audit trail, and deliver facts to their consumers until SIGTERM."""
    enter()
    from shared.audit.chain import Chain
    from shared.configuration.settings import Settings
    from shared.messaging.relay import run

    settings = Settings()
    _run(_migrated(settings.database_dsn("relay"), lambda: run(settings, (Chain(settings),))))


async def _migrated(dsn: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Works once the database has the tables of this release: on Kubernetes both begin at the same time."""
    from shared.database.migrated import until_migrated

    await until_migrated(dsn)
    await work()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends, or SIGTERM or Ctrl-C cancels it."""
    keep_one_heap()
    import uvloop

    async def until_signalled() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    uvloop.run(until_signalled())
