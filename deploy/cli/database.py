"""`escm migrate`."""

import asyncio
import json
import os

from deploy.cli.console import fail, out, working
from deploy.local.folder import DEFAULT


def database_url() -> str:
    """DATABASE_URL, or the database of the local stack where one runs; else the command ends with what to do."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    stack = DEFAULT / "stack.json"
    if not stack.exists():
        fail("DATABASE_URL is not set and no local stack runs: set it, or start one with `escm up`")
    return str(json.loads(stack.read_text())["database_url"])


def migrate() -> None:
    """Bring the database at DATABASE_URL to this release: roles, extensions, tables."""
    from migrations.roles import UnfitDatabase
    from migrations.run import migrate as run

    url = database_url()
    try:
        with working("migrates"):
            asyncio.run(run(url))
    except UnfitDatabase as unfit:
        fail(str(unfit))
    out.print("The database is up to date.")
