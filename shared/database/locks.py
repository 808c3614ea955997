"""Locks by name, which a transaction holds until it ends."""

from shared.database.statements import Connection

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) name"
_SHARE = _LOCK.replace("_lock(", "_lock_shared(")


async def lock_names(connection: Connection, *names: str) -> None:
    """Takes the locks with these names, in this order. Waits for transactions that hold one of them."""
    await connection.execute(_LOCK, names)


async def share_names(connection: Connection, *names: str) -> None:
    """Like `lock_names`, beside others who share the locks: waits for transactions that hold one alone."""
    await connection.execute(_SHARE, names)
