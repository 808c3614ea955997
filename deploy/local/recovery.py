"""Data of an archive as they were at a given second, in a new folder."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

from deploy.local.account import Account
from deploy.local.archive import Archive
from deploy.local.binaries import Binaries
from deploy.local.child import Child
from deploy.local.errors import LocalStackError
from deploy.local.folder import Folder
from deploy.local.ports import first_free
from deploy.local.postgres import PREFERRED_PORT, Postgres
from deploy.local.supervisor import stop_children

_TO_STOP = 60.0
_LAST = re.compile(r"last completed transaction was at log time (.*)")


@asynccontextmanager
async def recovered(archive: Archive, folder: Folder, until: datetime, password: str) -> AsyncIterator[Postgres]:
    """A server of the data as of `until`, in `folder`, for a block. `password` is that of the archived superuser.

    Raises LocalStackError if the archive does not reach that second.
    """
    base = archive.base_before(until)
    binaries = await asyncio.to_thread(Binaries.of_wheels().for_account, folder.account, folder.data)
    settings = {
        "hot_standby": "off",
        "restore_command": archive.restore_command,
        "recovery_target_time": f"{until:%Y-%m-%d %H:%M:%S.%f}+00",
        "recovery_target_action": "promote",
    }
    server = Postgres(
        folder.data, binaries, folder.account, port=first_free(PREFERRED_PORT), password=password, settings=settings
    )
    await asyncio.to_thread(_prepare, folder.account, base, server.data)
    child = Child(server.program(), folder.log)
    try:
        child.spawn()
        await _until_primary(child, until)
        yield server
    finally:
        await stop_children([child], time.monotonic() + _TO_STOP)


def _prepare(account: Account, base: Path, data: Path) -> None:
    """Copy the base backup for a server that begins with a recovery."""
    data.mkdir(mode=0o700)
    account.own(data)
    copied = account.run(["cp", "-a", f"{base}/.", data])
    if copied.returncode != 0:
        raise LocalStackError(f"the base backup could not be copied:\n{copied.stderr.strip()}")
    account.run(["touch", data / "recovery.signal"])


async def _until_primary(child: Child, until: datetime) -> None:
    while True:
        with suppress(Exception):
            if await asyncio.wait_for(child.program.ready(), 2):
                return
        if not child.running:
            said = child.log_tail(50)
            last = _LAST.findall(said)
            if not last:
                raise LocalStackError(f"PostgreSQL did not recover the data:\n{said}")
            raise LocalStackError(
                f"{until:%Y-%m-%d %H:%M:%S} UTC is not in the archive, whose last change is of {last[-1]}"
            )
        await asyncio.sleep(0.1)
