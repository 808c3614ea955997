"""`escm migrate`."""

import asyncio

from deploy.cli.console import out, working
from deploy.cli.installation import database_url


def migrate() -> None:
    """Bring the database at DATABASE_URL to this release: roles, extensions, tables, and the client of the console."""
    from migrations.run import migrate as run

    url = database_url()
    with working("migrates"):
        asyncio.run(run(url))
        asyncio.run(_register_console(url))
    out.print("The database is up to date.")


async def _register_console(url: str) -> None:
    """Makes the console known to access by the key of the settings, if they have one."""
    from services.access.administration import register_console
    from services.portal.console.session.keys import CLIENT_ID, client_keys
    from services.portal.console.session.tokens import CALLBACK
    from services.portal.settings import PortalSettings

    if secrets := PortalSettings().console_secrets:
        await register_console(url, CLIENT_ID, client_keys(secrets), CALLBACK)
