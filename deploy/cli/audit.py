"""`escm audit`: exports the audit trail, and verifies that nothing in it was changed."""

import asyncio
import hashlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from deploy.cli.backup import whole
from deploy.cli.console import err, fail, measured, out
from deploy.cli.installation import database_url

if TYPE_CHECKING:
    from shared.database.statements import Connection

app = typer.Typer(help="The audit trail: export it, and verify an export.", no_args_is_help=True)
_PIPE = Path("-")
_KEYS = "SELECT public FROM core_audit_signing_key ORDER BY created_at"


@app.command()
def key() -> None:
    """Print the public keys that checkpoints are signed with. Keep them where the database's administrators cannot
    write."""
    from shared.audit.verifying import key_line

    async def read() -> list[str]:
        async with _reading() as connection:
            return [key_line(row["public"]) for row in await connection.fetch(_KEYS)]

    lines = asyncio.run(read())
    if not lines:
        fail("no checkpoint was ever made: start a relay")
    for line in lines:
        out.print(line, markup=False)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write, which must not exist; - is standard output.")],
) -> None:
    """Write the whole trail from one snapshot, a line of JSON for each entry. It holds personal data."""
    if file == _PIPE:
        asyncio.run(_export(sys.stdout.buffer))
        return
    with whole(file) as target:
        asyncio.run(_export(target))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The export; - is standard input.")],
    key: Annotated[Path, typer.Option(help="A file with what `escm audit key` printed.")],
) -> None:
    """Verify an export. Needs no database. Status 1 if anything is wrong, with the first bad position."""
    from shared.audit.verifying import BadTrail, read_keys
    from shared.audit.verifying import verify as run

    try:
        keys = read_keys(key.read_bytes())
    except (OSError, ValueError) as refused:
        fail(f"{key}: {refused}")
    with _opened(file) as (source, size), measured() as begin:
        try:
            summary = run(source, keys, begin("verifies", size))
        except BadTrail as bad:
            fail(str(bad))
    out.print(
        f"{summary.entries} entries after position {summary.begins_after} are whole and in order; checkpoints vouch"
        f" for {summary.sealed} of them, the last at {summary.sealed_at:%Y-%m-%d %H:%M:%S} UTC.",
        markup=False,
    )


async def _export(target: BinaryIO) -> None:
    from shared.audit.exporting import export as lines

    digest, rows = hashlib.sha256(), 0
    with measured(of_bytes=False) as begin:

        def start(count: int) -> Callable[[int], None]:
            return begin("exports", count)

        async with _reading() as connection:
            async for line in lines(connection, start):
                digest.update(line)
                rows += 1
                target.write(line)
    target.flush()
    await _record(rows, digest.hexdigest())
    err.print("The trail is exported.")


async def _record(rows: int, digest: str) -> None:
    """Appends the entry of the export to the trail; the next one has it."""
    from services.access.administration import setting_up
    from shared.database.ids import uuid7
    from shared.kernel.principal import READ
    from shared.kernel.resource import Resource
    from shared.records.accesses import record_access

    async with setting_up(database_url()) as uow:
        of = Resource("access", "audit", "audit")
        record_access(uow, of, READ, uuid7(), {"filters": {}, "fields": [], "rows": rows, "digest": digest})


@asynccontextmanager
async def _reading() -> AsyncIterator["Connection"]:
    """A connection in the role that reads every row."""
    url = database_url()
    from deploy.backup.catalogue import connect
    from shared.configuration.settings import Settings

    connection = await connect(Settings(database_url=url).database_dsn("backup"))
    try:
        yield connection
    finally:
        await connection.close()


@contextmanager
def _opened(file: Path) -> Iterator[tuple[BinaryIO, int]]:
    """The export and its size, 0 if it comes from a pipe."""
    if file == _PIPE:
        yield sys.stdin.buffer, 0
        return
    try:
        opened = file.open("rb")
    except OSError as refused:
        fail(f"{file}: {refused.strerror}")
    with opened:
        yield opened, file.stat().st_size
