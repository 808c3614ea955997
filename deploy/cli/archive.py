"""`escm archive`: base backups of the embedded PostgreSQL, and its data of a given second."""

import asyncio
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from deploy.cli.console import err, fail, out, working
from deploy.local.folder import DEFAULT, Folder

if TYPE_CHECKING:
    from deploy.local.archive import Archive

app = typer.Typer(
    help="The archive of the embedded PostgreSQL, to which `escm up` writes with ESCM_LOCAL_ARCHIVE.",
    no_args_is_help=True,
)
_Archive = Annotated[
    Path, typer.Option("--archive", envvar="ESCM_LOCAL_ARCHIVE", help="The folder of the archive.", show_default=False)
]
_Stack = Annotated[
    Path, typer.Option("--folder", envvar="ESCM_LOCAL_FOLDER", help="The folder of the local stack's data.")
]


@app.command()
def base(
    archive: _Archive,
    folder: _Stack = DEFAULT,
    days: Annotated[int, typer.Option(min=1, help="Remove older base backups and the WAL before them.")] = 35,
) -> None:
    """Copy the data of the running server into the archive. From then on, every second can be restored.

    The copy holds personal data. Make one a day: a restore reads the WAL since the last one.
    """
    from deploy.local.archive import Archive
    from deploy.local.binaries import Binaries

    stack = Folder.open(folder)
    found = Archive(archive, stack.account)
    found.create()
    binaries = Binaries.of_wheels().for_account(stack.account, stack.data)
    with working("copies the data"):
        made = found.add_base(binaries, _address_of_archiving(stack), stack.secret("postgres"))
    removed = found.remove_before(binaries, datetime.now(UTC) - timedelta(days=days))
    out.print(f"{made} is made, {removed} older ones are removed.", markup=False)


@app.command()
def restore(
    new: Annotated[Path, typer.Argument(help="The folder to make, with a local stack of these data.")],
    until: Annotated[str, typer.Option(help="The last second to restore, such as 2026-11-29T08:20:05Z.")],
    archive: _Archive,
    folder: _Stack = DEFAULT,
) -> None:
    """Make a local stack with the data of a given second. The present one stays as it is, and may run.

    Secrets and stored files are copied from the present one, and persons who were erased there are erased again. Let
    the new stack archive to another folder.
    """
    from deploy.local.archive import Archive

    moment = _moment(until)
    if new.exists() and any(new.iterdir()):
        fail(f"{new} is not empty")
    if not folder.exists():
        fail(f"{folder} is no folder of a local stack, whose secrets the data need")
    present = Folder.open(folder)
    found = Archive(archive, present.account)
    found.base_before(moment)
    target = Folder.open(new)
    try:
        with working("restores"):
            target.copy_secrets(present)
            if (files := Path(os.environ.get("ESCM_STORAGE_PATH") or present.root / "files")).exists():
                shutil.copytree(files, target.root / "files")
            erased = asyncio.run(_restored(found, present, target, moment))
    except BaseException:
        target.remove()
        raise
    if erased:
        err.print(f"{erased} persons who were erased later are erased again.")
    out.print(f"The data of {moment:%Y-%m-%d %H:%M:%S} UTC are in {new}.", markup=False)
    out.print(f"Start them with `escm up --folder {new}`.", markup=False)


async def _restored(archive: "Archive", present: Folder, target: Folder, moment: datetime) -> int:
    """How many persons were erased again."""
    from deploy.backup.erasing import erase_again
    from deploy.local.recovery import recovered
    from deploy.local.stack import DATABASE
    from shared.bulk.erased import ErasedIds
    from shared.bulk.store import files_of
    from shared.configuration.settings import Settings

    files = target.root / "files"
    async with recovered(archive, target, moment, present.secret("postgres")) as server:
        url = server.url(DATABASE)
        settings = Settings(database_url=url, storage_path=files, secret_key=present.secret("escm_secret_key"))
        return await erase_again(url, settings, files_of(settings), ErasedIds(files).read())


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text} is no time such as 2026-11-29T08:20:05Z")
    if found.tzinfo is None:
        fail(f"{text} has no time zone: add Z for UTC, or an offset such as +02:00")
    return found.astimezone(UTC)


def _address_of_archiving(stack: Folder) -> str:
    """The address of the running embedded server, without its password. Fails if none archives."""
    import json

    import asyncpg

    from deploy.local.postgres import SUPERUSER

    if not stack.stack_file.exists():
        fail(f"no local stack runs in {stack.root}: start it with ESCM_LOCAL_ARCHIVE")
    described = json.loads(stack.stack_file.read_text())
    if "postgres" not in described["processes"]:
        fail("the database of this stack is not the embedded one: its own tools archive it")

    async def archives() -> bool:
        connection = await asyncpg.connect(described["database_url"])
        try:
            return bool(await connection.fetchval("SELECT current_setting('archive_mode') = 'on'"))
        finally:
            await connection.close()

    if not asyncio.run(archives()):
        fail("the server does not archive: start it with ESCM_LOCAL_ARCHIVE")
    server = urlsplit(described["database_url"])
    return f"postgresql://{SUPERUSER}@{server.hostname}:{server.port}/postgres"
