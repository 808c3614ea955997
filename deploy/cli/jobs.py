"""`escm jobs`: facts and jobs, above all those that were given up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer
from rich.table import Column, Table

from deploy.cli.console import fail, out
from deploy.cli.installation import database_url

if TYPE_CHECKING:
    from shared.database.statements import Row
    from shared.database.unit_of_work import UnitOfWork

app = typer.Typer(help="Facts and jobs; dead letters are those that failed for good.", no_args_is_help=True)


@app.command("list")
def list_dead(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most, the latest first.")] = 200,
    running: Annotated[bool, typer.Option("--running", help="What workers do now, the oldest first, instead.")] = False,
) -> None:
    """List the dead letters with their error, or what runs."""
    if running:
        _list_running(limit)
        return
    from shared.messaging.jobs import DeadLetter, dead

    async def read() -> list[DeadLetter]:
        async with _relay() as uow:
            return await dead(uow.connection, limit)

    letters = asyncio.run(read())
    if not letters:
        out.print("No dead letters.")
        return
    identity = Column("id", min_width=36)  # whole, because people copy it to `retry`
    table = Table(identity, "service", "kind", "name", "attempts", "given up", "error", box=None, pad_edge=False)
    for letter in letters:
        attempts, at = str(letter.attempts), f"{letter.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(letter.id), letter.service, letter.kind, letter.name, attempts, at, letter.error)
    out.print(table)


def _list_running(limit: int) -> None:
    from shared.messaging.jobs import running

    async def read() -> "list[Row]":
        async with _relay() as uow:
            return await running(uow.connection, limit)

    rows = asyncio.run(read())
    if not rows:
        out.print("Nothing runs.")
        return
    columns = ("service", "kind", "name", "done", "attempts", "by", "since", "")
    table = Table(Column("id", min_width=36), *columns, box=None, pad_edge=False)
    for row in rows:
        done = "" if row["done"] is None else f"{row['done']}/{row['total'] or '?'}"
        began, by = f"{row['created_at']:%Y-%m-%d %H:%M:%S}", row["created_by"] or ""
        stalled = "stalled" if row["stalled"] else ""
        key, attempts = str(row["id"]), str(row["attempts"])
        table.add_row(key, row["service"], row["kind"], row["name"] or "", done, attempts, by, began, stalled)
    out.print(table)


@app.command()
def show(key: Annotated[UUID, typer.Argument(help="The id of the job or of the dead letter.")]) -> None:
    """Show a job or the delivery of a fact: its state, its attempts and its last error."""
    from shared.messaging.jobs import show as read_one

    async def read() -> "Row | None":
        async with _relay() as uow:
            return await read_one(uow.connection, key)

    found = asyncio.run(read())
    if found is None:
        fail(f"no job and no dead letter: {key}")
    for name, value in found.items():
        if value is not None:
            out.print(f"{name.replace('_', ' '):<12}{value}", markup=False)


@app.command()
def retry(
    letters: Annotated[list[UUID] | None, typer.Argument(help="The ids of the dead letters.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Queue dead letters again with all their attempts. Status 1 if one of them does not exist."""
    if bool(letters) == every:
        fail("name the letters, or give --all")

    async def run() -> tuple[int, list[UUID]]:
        from shared.messaging.jobs import dead
        from shared.messaging.jobs import replay as again

        async with _relay() as uow:
            chosen = letters or [letter.id for letter in await dead(uow.connection, 100_000)]
            missed = [letter for letter in chosen if not await again(uow, letter)]
        return len(chosen) - len(missed), missed

    replayed, missed = asyncio.run(run())
    out.print(f"{replayed} queued again.")
    if missed:
        fail(f"no dead letters: {', '.join(map(str, missed))}")


@asynccontextmanager
async def _relay() -> AsyncIterator["UnitOfWork"]:
    """A transaction in the role of the relay, which alone may write the rows of every consumer."""
    url = database_url()
    from shared.configuration.settings import Settings
    from shared.database.context import SYSTEM_CONTEXT
    from shared.database.pool import Database
    from shared.database.unit_of_work import unit_of_work

    database = await Database.open(Settings(database_url=url).database_dsn("relay"), size=1, application="escm-jobs")
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            yield uow
    finally:
        await database.close()
