"""Checkpoints of the audit trail: the chain's hash at a position, signed with a key of the installation."""

from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.audit.proof import BEGINNING, Checkpoint, key_name
from shared.configuration.sealing import Sealer
from shared.database.statements import Connection, Row
from shared.kernel.clock import now

_LATEST = """
SELECT position, hash, start, at, key_id, signature FROM core_audit_checkpoint ORDER BY position DESC LIMIT 1
"""
_END = """
SELECT 'core_audit_link'::regclass::oid::bigint AS made, h.hash AS head, l.position, l.hash,
    (SELECT min(position) FROM core_audit_link) AS first
FROM core_audit_head h LEFT JOIN LATERAL (
    SELECT position, hash FROM core_audit_link ORDER BY position DESC LIMIT 1) l ON true
"""
_LINKED = "SELECT hash FROM core_audit_link WHERE position = $1"
_KEYS = "SELECT key_id, public, private FROM core_audit_signing_key ORDER BY created_at DESC"
_ADD_KEY = "INSERT INTO core_audit_signing_key (key_id, public, private, created_at) VALUES ($1, $2, $3, $4)"
_PUT = """
INSERT INTO core_audit_checkpoint (position, hash, start, at, key_id, signature) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (position) DO UPDATE SET hash = excluded.hash, start = excluded.start, at = excluded.at,
    key_id = excluded.key_id, signature = excluded.signature
"""


class TrailAltered(Exception):
    """The trail was altered after its last checkpoint, so no further checkpoint is signed. The message says what is
    wrong."""


class _Key(NamedTuple):
    id: str
    private: Ed25519PrivateKey


class _Sealed(NamedTuple):
    """The last checkpoint that this process signed. `made` identifies the table of links: a restored table has another
    value."""

    made: int
    position: int
    hash: bytes


class Sealing:
    """Signs the chain. Creates keys on first use and stores them encrypted under the secret. Keys of an earlier secret
    remain valid for verification; a new key signs."""

    def __init__(self, secret: bytes) -> None:
        self._sealer = Sealer(secret, "escm audit signing keys")
        self._last: _Sealed | None = None

    async def seal(self, connection: Connection) -> None:
        """Signs a checkpoint of the chain's end, or the last one again if nothing is new. Raises TrailAltered if the
        chain does not continue from the last signed position."""
        rows = await connection.fetch(_KEYS)
        key = await self._present(connection, rows)
        end: Row = await connection.fetchrow(_END)
        latest: Row | None = await connection.fetchrow(_LATEST)
        if latest is None:
            if rows:
                raise TrailAltered("its checkpoints are gone")
            start = 0 if end["first"] is None else end["first"] - 1
            await _put(connection, key, start, BEGINNING, start)
        else:
            _require_own(latest, rows)
            start = latest["start"]
        position, reached = await self._reached(connection, end, latest, start)
        await _put(connection, key, position, reached, start)
        self._last = _Sealed(end["made"], position, reached)

    async def begin_after(self, connection: Connection, position: int, reached: bytes) -> None:
        """Records that the chain now begins after this position, because retention dropped the earlier entries."""
        rows = await connection.fetch(_KEYS)
        latest: Row | None = await connection.fetchrow(_LATEST)
        if latest is None:
            raise TrailAltered("its checkpoints are gone")
        _require_own(latest, rows)
        key = await self._present(connection, rows)
        await _put(connection, key, position, reached, position)
        if latest["position"] > position:
            await _put(connection, key, latest["position"], latest["hash"], position)

    async def _reached(self, connection: Connection, end: Row, latest: Row | None, start: int) -> tuple[int, bytes]:
        """Position and hash of the chain's end. It must continue the latest checkpoint and the last one of this
        process."""
        if end["position"] is None:
            if latest is not None and latest["position"] != start:
                raise TrailAltered("its links are gone")
            return start, BEGINNING if latest is None else latest["hash"]
        if end["hash"] != end["head"]:
            raise TrailAltered("its last link differs")
        for position, reached in self._signed(end, latest):
            if position > start and await connection.fetchval(_LINKED, position) != reached:
                raise TrailAltered(f"the link at {position} differs from the signed one")
        return end["position"], end["hash"]

    def _signed(self, end: Row, latest: Row | None) -> list[tuple[int, bytes]]:
        signed = [] if latest is None else [(latest["position"], latest["hash"])]
        if self._last is not None and self._last.made == end["made"]:
            signed.append((self._last.position, self._last.hash))
        return signed

    async def _present(self, connection: Connection, rows: list[Row]) -> _Key:
        for row in rows:
            private = self._sealer.open(row["private"], row["key_id"])
            if private is not None:
                return _Key(row["key_id"], Ed25519PrivateKey.from_private_bytes(private))
        made = Ed25519PrivateKey.generate()
        public = made.public_key().public_bytes_raw()
        key = _Key(key_name(public), made)
        sealed = self._sealer.seal(made.private_bytes_raw(), key.id)
        await connection.execute(_ADD_KEY, key.id, public, sealed, now())
        return key


def _require_own(latest: Row, rows: list[Row]) -> None:
    public = next((row["public"] for row in rows if row["key_id"] == latest["key_id"]), None)
    signed = Checkpoint(*(latest[name] for name in Checkpoint._fields))
    try:
        if public is None:
            raise InvalidSignature
        Ed25519PublicKey.from_public_bytes(public).verify(latest["signature"], signed.text)
    except InvalidSignature:
        raise TrailAltered("its latest checkpoint is not one of ours") from None


async def _put(connection: Connection, key: _Key, position: int, reached: bytes, start: int) -> None:
    signed = Checkpoint(position, reached, start, now(), key.id)
    await connection.execute(_PUT, *signed, key.private.sign(signed.text))
