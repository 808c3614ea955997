"""`escm serve`, `escm worker`, `escm relay`: one process each. `all` is what a laptop needs, in one process."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from deploy.cli.installation import enter
from deploy.cli.memory import keep_one_heap, permanent
from deploy.local.services import WORKERS

if TYPE_CHECKING:
    from shared.configuration.settings import Settings
    from shared.messaging.process import Part
    from shared.messaging.relay import Relay

App = Literal["membership", "centres", "actions", "access", "portal", "all"]
Worker = Literal["membership", "centres", "actions", "access", "publishing", "all"]


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
    name: Annotated[
        Worker, typer.Argument(help="A service, whose facts and jobs to handle, `publishing`, or `all` with the relay.")
    ],
) -> None:
    """Handle the facts and jobs of one service until SIGTERM. `publishing` reads manuscripts and builds editions."""
    enter()
    service = {"publishing": "actions", "all": "membership"}.get(name, name)
    with permanent():
        made = makers(name)
        settings = getattr(import_module(f"services.{service}.settings"), f"{service.title()}Settings")()
    _work("background" if name == "all" else f"worker-{name}", settings, settings.database_dsn(), made)


def makers(name: str) -> "list[Callable[[], Part]]":
    """What makes the parts of the process of `escm worker NAME`."""
    if name == "all":
        return [_create_relay, *chain.from_iterable(map(makers, WORKERS))]
    module = "services.actions.global_report.publishing_worker" if name == "publishing" else f"services.{name}.worker"
    return [import_module(module).create_worker]


def relay() -> None:
    """Order committed facts, link the audit trail, and deliver facts to their consumers until SIGTERM."""
    enter()
    from shared.configuration.settings import Settings

    settings = Settings()
    _work("relay", settings, settings.database_dsn("relay"), [_create_relay])


def _create_relay() -> "Relay":
    from shared.audit.chain import Chain
    from shared.configuration.settings import Settings
    from shared.messaging.relay import Relay

    settings = Settings()
    return Relay(settings, (Chain(settings),))


def _work(name: str, settings: "Settings", dsn: str, made: "list[Callable[[], Part]]") -> None:
    """Makes the parts of a process once the database has the tables of this release (on Kubernetes both begin at the
    same time), and works."""
    from shared.database.migrated import until_migrated
    from shared.messaging.process import Process

    async def work() -> None:
        await until_migrated(dsn)
        await Process(name, settings, *(make() for make in made)).run()

    _run(work())


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
