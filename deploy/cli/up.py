"""`escm up`: the whole system in the foreground."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.console import fail
from deploy.cli.memory import keep_one_heap
from deploy.local.folder import DEFAULT
from deploy.local.services import DEFAULT_PORT


def up(
    folder: Annotated[
        Path, typer.Option(envvar="ESCM_LOCAL_FOLDER", help="The folder of data, logs and stack.json.")
    ] = DEFAULT,
    port: Annotated[
        int, typer.Option(envvar="ESCM_LOCAL_PORT", help="Port of the address; the next free one otherwise.")
    ] = DEFAULT_PORT,
    archive: Annotated[
        Path | None,
        typer.Option(
            envvar="ESCM_LOCAL_ARCHIVE", help="Archive the WAL of the embedded PostgreSQL there; see `escm archive`."
        ),
    ] = None,
    report: Annotated[
        bool,
        typer.Option(help="Make the demo's editions of the Global Report after the start, where they are missing."),
    ] = True,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started this one ends.")
    ] = False,
) -> None:
    """Run everything: databases, migration, demo data, apps, workers, relay. Ctrl-C stops all.

    If DATABASE_URL and REDIS_URL are set, they replace the embedded servers.
    """
    from deploy.cli.foreground import run
    from deploy.local.errors import LocalStackError
    from deploy.local.launcher import end_with_parent

    keep_one_heap()
    if with_parent:
        end_with_parent(signal.SIGTERM)
    try:
        asyncio.run(run(folder, port, archive, has_report=report))
    except LocalStackError as trouble:
        fail(str(trouble))
