"""The files of the store that the database references."""

from shared.bulk.exporting import IMPORT_RETENTION, RETENTION
from shared.database.statements import Connection

_COLUMNS = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'escm' AND column_name = 'file_digest' ORDER BY table_name
"""
_FOR_A_TIME = {
    "core_export": "created_at >= clock_timestamp() - $1::interval AND $2::interval IS NOT NULL",
    "core_import": (
        "NOT is_file_removed AND (status = 'pending' OR created_at >= clock_timestamp() - $2::interval)"
        " AND $1::interval IS NOT NULL"
    ),
}
"""Files that are deleted before their row. Files of any other table stay as long as their row."""


async def referenced(connection: Connection) -> dict[str, bool]:
    """Digests in any column `file_digest`, and whether the file must still exist."""
    found: dict[str, bool] = {}
    for (table,) in await connection.fetch(_COLUMNS):
        is_retained = _FOR_A_TIME.get(table, "$1::interval IS NOT NULL AND $2::interval IS NOT NULL")
        query = f"SELECT file_digest, bool_or({is_retained}) FROM {table} WHERE file_digest IS NOT NULL GROUP BY 1"  # noqa: S608
        for digest, must_be in await connection.fetch(query, RETENTION, IMPORT_RETENTION):
            found[digest] = must_be or found.get(digest, False)
    return found
