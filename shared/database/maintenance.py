"""The fence around a database that is being restored, as every process sees it.

The fence is an empty schema. Every role can see whether it exists, it outlives every process, and the transactions that
close and open the database create and drop it (migrations/maintenance.py).
"""

from shared.database.tables import SCHEMA
from shared.kernel.errors import Unavailable

FENCE = f"{SCHEMA}_maintenance"
ASIDE = f"{SCHEMA}_set_aside"
"""The schema of the previous data while the fence exists."""
IS_FENCED = f"SELECT to_regnamespace('{FENCE}') IS NOT NULL"
IS_CLOSED = f"{IS_FENCED} OR to_regnamespace('{SCHEMA}') IS NOT NULL AND '{SCHEMA}' <> ALL (current_schemas(false))"
"""Whether the database is closed to a session: fenced, or opened so shortly ago that its server process still has the
search path of before. The fence's end is visible a moment earlier than the message that the path has changed."""
_RETRY_AFTER = 30


def under_maintenance() -> Unavailable:
    """The response to every request while the fence exists."""
    return Unavailable("The database is being restored from a backup.", code="maintenance", retry_after=_RETRY_AFTER)
