"""Exports the trail as JSON lines in the order of the chain, so that it is verified without its database.

A header; each checkpoint after the link that it signs; each link with its entry, if it has one; a footer with counts
and with the entries that no link names.
"""

import base64
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from shared.audit.proof import BEGINNING, CONTENT, FORMAT, canonical
from shared.database.statements import Connection, Row
from shared.kernel.clock import now

_AT_ONCE = 2000
_CHECKPOINTS = """
SELECT position, hash, start, at, key_id, signature FROM core_audit_checkpoint
WHERE position BETWEEN $1 AND $2 ORDER BY position
"""
_COLUMNS = f"""
l.position, l.entry, l.hash, a.id IS NOT NULL AS is_there, a.detail, a.detail_key, a.content_hash,
    {", ".join(f"a.{name}" for name in CONTENT)}
"""
_ENTRIES = f"""
SELECT {_COLUMNS} FROM core_audit_link l LEFT JOIN core_audit a ON a.id = l.entry
WHERE l.position > $1 AND l.position <= $2 ORDER BY l.position
"""  # noqa: S608
_ENTRIES_OF_PART = f"""
SELECT {_COLUMNS} FROM core_audit_link l
    LEFT JOIN LATERAL (SELECT * FROM core_audit WHERE id = l.entry LIMIT 1) a ON true
WHERE l.position > $1 AND l.position <= $2 ORDER BY l.position
"""  # noqa: S608
"""One index lookup in one partition for each link, whatever row count the planner expects."""
_FIRST, _LAST = -(2**63), 2**63 - 1
_UNLINKED = """
WITH first AS (
    SELECT uuid_extract_timestamp(entry) + interval '1 hour' AS at FROM core_audit_link ORDER BY position LIMIT 1
), beginning AS (
    SELECT CASE WHEN (SELECT hash FROM core_audit_checkpoint ORDER BY position LIMIT 1) <> $1
        THEN (SELECT core_audit_first(at) FROM first) END AS id
)
SELECT a.id FROM core_audit a, beginning
WHERE a.id > coalesce(beginning.id, '00000000-0000-0000-0000-000000000000')
    AND a.id < core_audit_first(now() - interval '1 minute')
    AND NOT EXISTS (SELECT FROM core_audit_link l WHERE l.entry = a.id)
ORDER BY a.id LIMIT 1000
"""
"""Entries without a link. Those of the last minute may still get one. If months were dropped with their links, entries
of the first remaining hour may have lost theirs."""
_SIZE = "SELECT count(*) FROM core_audit_link"


async def export(connection: Connection, begin: Callable[[int], Callable[[int], None]]) -> AsyncIterator[bytes]:
    """The lines of the trail, from one snapshot. The connection's user needs access to every row.

    `begin` receives the number of entries and returns a callback for each finished entry.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        advance = begin(await connection.fetchval(_SIZE))
        yield _line("header", format=FORMAT, made_at=now())
        counts = {"entry": 0, "checkpoint": 0}
        async for kind, line in _chain(connection, _ENTRIES, _FIRST, _LAST):
            yield line
            counts[kind] += 1
            advance(kind == "entry")
        unlinked = [row["id"] for row in await connection.fetch(_UNLINKED, BEGINNING)]
        yield _line("footer", entries=counts["entry"], checkpoints=counts["checkpoint"], unlinked=unlinked)


def part(connection: Connection, after: int, upto: int) -> AsyncIterator[tuple[str, bytes]]:
    """The lines of the trail between the checkpoints at two positions, with their kinds. Needs a transaction that sees
    every row."""
    return _chain(connection, _ENTRIES_OF_PART, after, upto)


async def _chain(connection: Connection, query: str, after: int, upto: int) -> AsyncIterator[tuple[str, bytes]]:
    """Each checkpoint after the link that it signs; each link with its entry."""
    signed = _Ahead(_rows(connection, _CHECKPOINTS, after, upto))
    async for row in _rows(connection, query, after, upto):
        async for checkpoint in signed.before(row["position"]):
            yield "checkpoint", _line("checkpoint", **checkpoint)
        yield "entry", _entry(row)
    async for checkpoint in signed.before(None):
        yield "checkpoint", _line("checkpoint", **checkpoint)


class _Ahead:
    """Rows in order of position, read up to a position."""

    def __init__(self, rows: AsyncIterator[Row]) -> None:
        self._rows = rows
        self._next: Row | None = None

    async def before(self, position: int | None) -> AsyncIterator[Row]:
        """Rows before the position, or all remaining rows if it is None."""
        while True:
            row = self._next or await anext(self._rows, None)
            self._next = row
            if row is None or (position is not None and row["position"] >= position):
                return
            self._next = None
            yield row


async def _rows(connection: Connection, query: str, after: int, upto: int) -> AsyncIterator[Row]:
    cursor = await connection.cursor(query, after, upto)
    while rows := await cursor.fetch(_AT_ONCE):
        for row in rows:
            yield row


def _entry(row: Mapping[str, Any]) -> bytes:
    link = {"position": row["position"], "entry": row["entry"], "hash": row["hash"]}
    if not row["is_there"]:
        return _line("entry", **link, content=None)
    return _line(
        "entry",
        **link,
        content={name: row[name] for name in CONTENT},
        content_hash=row["content_hash"],
        detail=base64.b64encode(row["detail"]).decode(),
        detail_key=row["detail_key"],
    )


def _line(kind: str, **values: Any) -> bytes:
    return canonical({"kind": kind, **values}) + b"\n"
