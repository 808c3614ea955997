"""Verifies the trail in its database, in parts: the new entries, and the older ones again.

A user with every right to the database can also move the marks of the verified positions. Only an export that is
verified elsewhere detects that.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.audit.exporting import part
from shared.audit.verifying import BadTrail, Keys, PartVerifier
from shared.database.statements import Connection, Row
from shared.observability import metrics

log = structlog.get_logger(__name__)
NEW, OLD = 1_000_000, 100_000
"""Most entries that one run verifies: new ones and older ones."""
_STEP = 20_000
_KEYS = "SELECT key_id, public FROM core_audit_signing_key"
_MARKS = "SELECT newest, again FROM core_audit_verified FOR UPDATE"
_MOVE = "UPDATE core_audit_verified SET newest = $1, again = $2, at = clock_timestamp()"
_PART = """
WITH begun AS (
    SELECT coalesce((SELECT max(position) FROM core_audit_checkpoint WHERE position <= $1), min(position)) AS after,
        min(position) AS first, max(position) AS sealed
    FROM core_audit_checkpoint
)
SELECT after, after = first AS is_first, sealed, coalesce(
    (SELECT max(position) FROM core_audit_checkpoint WHERE position > after AND position <= after + $2),
    (SELECT min(position) FROM core_audit_checkpoint WHERE position > after), after) AS upto
FROM begun
"""


@dataclass(frozen=True, slots=True)
class Marks:
    """The position up to which all was verified once, and the position of the second verification."""

    newest: int
    again: int


async def watch(connection: Connection) -> BadTrail | None:
    """Verifies the entries sealed since the last run and the next part of the older ones, starting again after the end.

    Returns the fault, which is also logged and counted, or None. Needs a context that sees every row.
    """
    keys = {row["key_id"]: Ed25519PublicKey.from_public_bytes(row["public"]) for row in await connection.fetch(_KEYS)}
    row = await connection.fetchrow(_MARKS)
    marks = Marks(row["newest"], row["again"])
    try:
        newest = await _verified(connection, keys, marks.newest, NEW)
        again = await _verified(connection, keys, marks.again, OLD)
    except BadTrail as bad:
        metrics.AUDIT_FAULTS.inc()
        log.error("audit_trail_altered", position=bad.position, found=bad.what)
        return bad
    await connection.execute(_MOVE, newest, 0 if again >= newest else again)
    metrics.AUDIT_VERIFIED.set(newest)
    metrics.AUDIT_VERIFIED_AT.set_to_current_time()
    return None


async def _verified(connection: Connection, keys: Keys, mark: int, budget: int) -> int:
    """The position reached from a mark, as far as there are checkpoints. Raises BadTrail."""
    reached = mark
    while reached - mark < budget:
        try:
            upto, sealed = await _step(connection, keys, reached)
        except BadTrail:
            upto, sealed = await _step(connection, keys, reached)  # a month may have been dropped meanwhile
        reached = max(reached, upto)
        if reached >= sealed:
            break
    return reached


async def _step(connection: Connection, keys: Keys, mark: int) -> tuple[int, int]:
    found: Row = await connection.fetchrow(_PART, mark, _STEP)
    if found["sealed"] is None:
        if keys:
            raise BadTrail(None, "its checkpoints are gone")
        return 0, 0
    if found["sealed"] < mark:
        raise BadTrail(found["sealed"] + 1, f"the end is cut off: it was verified up to {mark}")
    trail = PartVerifier(keys, is_first=found["is_first"])
    async for line in _lines(connection, found["after"], found["upto"]):
        trail.take(line)
    return trail.reached(found["upto"]), found["sealed"]


async def _lines(connection: Connection, after: int, upto: int) -> AsyncIterator[bytes]:
    async for _kind, line in part(connection, after, upto):
        yield line
