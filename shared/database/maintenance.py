"""The fence around a database that is being restored, as every process sees it.

The fence is a schema that holds nothing: anybody may see whether it is there, it outlives every process, and it is
made and dropped in the transactions that close and open the database (migrations/maintenance.py).
"""

from shared.database.tables import SCHEMA
from shared.kernel.errors import Unavailable

FENCE = f"{SCHEMA}_maintenance"
ASIDE = f"{SCHEMA}_set_aside"
"""Where what was there before lies while the fence stands."""
IS_FENCED = f"SELECT to_regnamespace('{FENCE}') IS NOT NULL"
_RETRY_AFTER = 30


def under_maintenance() -> Unavailable:
    """The response to every request while the fence is up."""
    return Unavailable("The database is being restored from a backup.", code="maintenance", retry_after=_RETRY_AFTER)
