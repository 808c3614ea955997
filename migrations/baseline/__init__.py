"""The schema of release 0.1.0, with which a new database begins.

A file makes a table with what belongs to it, a view, a function, or the rows that a new database has; `order.txt` has
the order. A test compares the result with that of `migrations/chain`.
"""

from functools import partial
from importlib.resources import files

from migrations.definitions import filled
from migrations.roles import role
from shared.configuration.settings import Settings
from shared.database.statements import Connection
from shared.database.tables import SCHEMA

REVISION = "0088_actions_period_reminders"
_FOLDER = files(__name__)
_SESSION = f"""
SET LOCAL ROLE {{role:owner}};
SET LOCAL search_path = {SCHEMA}, public;
SET LOCAL check_function_bodies = off;
SET LOCAL escm.write_everywhere = 'on';
GRANT CREATE ON SCHEMA {SCHEMA} TO {{role:search}};
"""
"""Functions are made before the tables that they read."""
_END = f"REVOKE CREATE ON SCHEMA {SCHEMA} FROM {{role:search}};"


async def make(connection: Connection, settings: Settings) -> None:
    """Makes the schema in one transaction. Alembic then finds it at REVISION."""
    names = _FOLDER.joinpath("order.txt").read_text(encoding="utf-8").split()
    parts = [_SESSION, *(_FOLDER.joinpath(name).read_text(encoding="utf-8") for name in names), _END]
    async with connection.transaction():
        await connection.execute(filled("\n".join(parts), partial(role, settings)))
