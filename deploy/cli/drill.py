"""`escm drill`: shows that the newest backup of a folder can be restored."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from deploy.cli.console import err, fail, measured
from deploy.cli.installation import database_url


def drill(
    folder: Annotated[Path, typer.Argument(help="The folder with the files of `escm backup`.")],
    hours: Annotated[int, typer.Option(min=1, help="The greatest age of the newest backup.")] = 26,
) -> None:
    """Restore the newest backup of a folder into an empty database, check it as `restore` does, and delete it there.

    DATABASE_URL names the database. One that has ever held a system is refused. Files are restored into a temporary
    folder, wherever the settings keep them. The status is 1 if the newest backup is too old, damaged or incomplete, or
    if anything is wrong with what was restored.
    """
    url = database_url()
    from deploy.backup.archive import Reader
    from deploy.backup.drilling import drill as run
    from deploy.cli.doctor import of_database
    from deploy.cli.findings import report
    from shared.bulk.erased import ErasedIds
    from shared.configuration.settings import Settings
    from shared.kernel.clock import now

    file = _newest(folder)

    async def check() -> None:
        report(await of_database(url))

    began = time.monotonic()
    with file.open("rb") as source, Reader(source) as opened, TemporaryDirectory() as files, measured() as begin:
        made = opened.manifest
        if now() - made.made_at > timedelta(hours=hours):
            fail(f"the newest backup, {file}, is of {made.made_at:%Y-%m-%d %H:%M:%S} UTC: more than {hours} hours ago")
        erased = ErasedIds(folder).read()
        asyncio.run(run(url, Settings(database_url=url), opened, Path(files), erased, begin, check))
    rows = sum(table.rows for table in made.tables.values())
    lasted = time.monotonic() - began
    err.print(f"{file} can be restored: {rows} rows of {made.made_at:%Y-%m-%d %H:%M:%S} UTC, in {lasted:.0f} seconds.")
    if made.missing:
        fail(f"these files were lost before the backup was made: {', '.join(made.missing)}")


def _newest(folder: Path) -> Path:
    found = sorted(folder.glob("*.tar"), key=lambda file: file.stat().st_mtime)
    if not found:
        fail(f"{folder} has no backup")
    return found[-1]
