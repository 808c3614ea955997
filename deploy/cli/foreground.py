"""A stack that runs until Ctrl-C or SIGTERM."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.table import Table

from deploy.cli.console import err, out
from deploy.local.account import Account
from deploy.local.child import launched
from deploy.local.errors import LocalStackError
from deploy.local.folder import WORKING, Folder
from deploy.local.stack import Stack
from deploy.local.system import System


async def run(root: Path, port: int, archive: Path | None = None, *, has_report: bool = False) -> None:
    """Start, announce, wait, stop; with `has_report` make the demo's editions meanwhile. Raises LocalStackError if the
    start fails."""
    logging.basicConfig(level=logging.WARNING, format="· %(message)s")
    stack = Stack(
        Folder.open(root),
        lambda: System(port),
        prepare,
        report=lambda step: err.print(f"· {step}", markup=False),
        archive=archive,
    )
    ended = asyncio.Event()
    starting = asyncio.create_task(stack.start())
    making: asyncio.Task[None] | None = None
    loop = asyncio.get_running_loop()

    def end() -> None:
        ended.set()
        starting.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, end)
    try:
        with suppress(asyncio.CancelledError):
            await starting
            _announce(stack)
            if has_report and stack.demo["clients"]:
                making = asyncio.create_task(_make_report(stack.environment))
            await ended.wait()
    finally:
        if ended.is_set():
            err.print("· stops")
        if making is not None:
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)
        await stack.stop()


async def prepare(environment: Mapping[str, str]) -> dict[str, Any]:
    """Migrate and load the demo data, in processes whose memory returns when they end."""
    await _command(environment, "migrate")
    if environment["ESCM_ENVIRONMENT"] in ("sandbox", "production"):
        return {"clients": {}, "accounts": {}}
    err.print("· loads the demo data")
    loaded: dict[str, Any] = json.loads(await _command(environment, "demo", "load"))
    return loaded


async def _make_report(environment: Mapping[str, str]) -> None:
    """Make the demo's editions of the Global Report in the running system, which serves meanwhile."""
    with suppress(LocalStackError):
        said = await _command(environment, "demo", "report")
        err.print(f"· {said.decode().strip()}", markup=False)


async def _command(environment: Mapping[str, str], *words: str) -> bytes:
    """The output of a command of `escm`, which says itself on standard error why it fails. Ends with this process."""
    process = await asyncio.create_subprocess_exec(
        *launched([sys.executable, "-m", "deploy.cli", *words], signal.SIGTERM, Account.current()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
        cwd=WORKING,
        start_new_session=True,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    if process.returncode:
        raise LocalStackError(f"`escm {' '.join(words)}` failed")
    return said


def _announce(stack: Stack) -> None:
    base = stack.base_url
    out.print(f"\nESCM runs at {base}   documentation: {base}/docs", markup=False)
    for title, columns, rows in (
        ("Accounts", ("account", "username", "password"), stack.demo.get("accounts", {})),
        ("Clients", ("client", "id", "secret"), stack.demo.get("clients", {})),
    ):
        if rows:
            table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False)
            for name, row in rows.items():
                table.add_row(name, *(str(row[column]) for column in columns[1:]))
            out.print(table)
    out.print(f"\nTry:  curl -s '{base}/membership/v1/experts?limit=3'", markup=False)
    out.print(f"Logs: {stack.folder.log}   for tools: {stack.folder.stack_file}   Ctrl-C stops all.", markup=False)
