"""`escm evidence`: verifies the stored files of evidence."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import typer

from deploy.cli.console import fail, out
from deploy.cli.installation import database_url

if TYPE_CHECKING:
    from services.actions.reporting.evidence_checks.jobs import Findings

app = typer.Typer(help="Files of evidence: verify the stored files.", no_args_is_help=True)


@app.command()
def fsck() -> None:
    """Read every file that a record names and record which are damaged or lost; remove files that have had no record
    for 24 hours. The worker of actions does the same every week. Status 1 if a file is damaged."""
    found = asyncio.run(_check(database_url()))
    out.print(f"{found.files} files, {found.damaged} damaged or lost, {found.removed} without a record removed.")
    if found.damaged:
        fail("copy the damaged files from a backup; /actions/v1/evidence?integrity=damaged lists them")


async def _check(url: str) -> "Findings":
    from services.actions.reporting.evidence_checks.jobs import check
    from services.actions.settings import ActionsSettings
    from shared.database.context import SYSTEM_CONTEXT
    from shared.database.pool import Database
    from shared.database.unit_of_work import unit_of_work
    from shared.storage.objects import ObjectStore

    settings = ActionsSettings(database_url=url)
    database = await Database.open(settings.database_dsn(), size=1, application="escm-evidence")

    async def ignore(_files: int) -> None:
        """Nobody waits for the number of files."""

    try:
        return await check(partial(unit_of_work, database, SYSTEM_CONTEXT), ObjectStore(settings.objects_url), ignore)
    finally:
        await database.close()
