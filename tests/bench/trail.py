"""Verifying an exported audit trail of 200,000 changes, from the file alone as `escm audit verify` does."""

import base64
import os
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.audit.proof import BEGINNING, FORMAT, Checkpoint, canonical, content_hash, key_name, link_hash
from shared.audit.verifying import verify
from shared.database.ids import uuid7
from tests.bench.servers import alone

ENTRIES = 200_000
_BETWEEN = 500
"""Entries from one checkpoint to the next."""
_DETAIL = 300
"""Bytes of a detail."""
_ROUNDS = 3


def measure() -> dict[str, dict[str, Any]]:
    """`audit_verify` in entries a second."""
    key = Ed25519PrivateKey.generate()
    keys = {key_name(key.public_key().public_bytes_raw()): key.public_key()}
    rates = []
    with tempfile.TemporaryDirectory(prefix="escm-bench-trail-") as folder:
        file = Path(folder) / "audit.ndjson"
        _write(file, key)
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            with file.open("rb") as source:
                found = verify(source, keys)
            rates.append(ENTRIES / (time.perf_counter() - began))
            if found.sealed != ENTRIES:
                raise RuntimeError(f"{found.sealed:,} of {ENTRIES:,} entries")
    return {"audit_verify": alone(statistics.median(rates), "entries/s")}


def _write(file: Path, key: Ed25519PrivateKey) -> None:
    """A trail like that of created and changed experts."""
    name = key_name(key.public_key().public_bytes_raw())
    at = datetime.now(UTC)
    reached = BEGINNING

    def signed(position: int) -> bytes:
        checkpoint = Checkpoint(position, reached, 0, at, name)
        return _line("checkpoint", **checkpoint._asdict(), signature=key.sign(checkpoint.text))

    with file.open("wb") as target:
        target.write(_line("header", format=FORMAT, made_at=at))
        target.write(signed(0))
        for position in range(1, ENTRIES + 1):
            entry, detail, content = uuid7(), os.urandom(_DETAIL), _content(at)
            key_id = uuid7()
            proven = content_hash(content, detail, key_id)
            reached = link_hash(reached, position, entry.bytes, proven)
            line = {"position": position, "entry": entry, "hash": reached, "content": content, "content_hash": proven}
            encoded = base64.b64encode(detail).decode()
            target.write(_line("entry", **line, detail=encoded, detail_key=key_id))
            if position % _BETWEEN == 0:
                target.write(signed(position))
        target.write(_line("footer", entries=ENTRIES, checkpoints=ENTRIES // _BETWEEN + 1, unlinked=[]))


def _content(at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "actor_kind": "client",
        "actor_id": uuid7(),
        "action": "update",
        "resource": "membership.experts",
        "subject": uuid7(),
        "version": 2,
        "country": "PK",
        "visibility": "network",
        "from_status": "prospect",
        "to_status": "prospect",
        "request_id": str(uuid7()),
        "before_hash": os.urandom(32),
        "after_hash": os.urandom(32),
    }


def _line(kind: str, **values: Any) -> bytes:
    return canonical({"kind": kind, **values}) + b"\n"
