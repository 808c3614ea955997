"""Migrates a database to a next release, whose migrations are in this folder, or back: `migrating.py up | down`."""

import asyncio
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from migrations import run
from shared.configuration.settings import Settings

_MORE = Path(__file__).with_name("next_release")
_present = run.alembic_config


def _config(database_url: str, settings: Settings) -> Config:
    """The history with the next release's migrations at its end."""
    config = _present(database_url, settings)
    present = config.get_main_option("version_locations")
    config.set_main_option("version_locations", f"{present}{os.pathsep}{_MORE}")
    return config


def main(where: str) -> None:
    url, settings = os.environ["DATABASE_URL"], Settings()
    head = ScriptDirectory.from_config(_present(url, settings)).get_current_head()
    os.environ["NEXT_RELEASE_FOLLOWS"] = str(head)
    if where == "down":
        command.downgrade(_config(url, settings), str(head))
        return
    run.alembic_config = _config
    asyncio.run(run.migrate(url, settings))


if __name__ == "__main__":
    main(sys.argv[1])
