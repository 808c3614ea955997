"""`escm migrate`."""

import asyncio

from deploy.cli.console import out, working
from deploy.cli.installation import database_url


def migrate() -> None:
    """Bring the database at DATABASE_URL to this release: roles, extensions, tables."""
    from migrations.run import migrate as run

    url = database_url()
    with working("migrates"):
        asyncio.run(run(url))
    out.print("The database is up to date.")
