"""Verifies an exported trail from the file and the public keys alone."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.audit.proof import FORMAT, Checkpoint, content_hash, key_name, link_hash

SEALED_WITHIN = timedelta(minutes=5)
"""A trail whose latest checkpoint is older than this at its export is no longer sealed."""
Keys: TypeAlias = Mapping[str, Ed25519PublicKey]


class BadTrail(Exception):
    """The first fault and its position, or None if the fault concerns the whole file."""

    def __init__(self, position: int | None, what: str) -> None:
        super().__init__(what if position is None else f"position {position}: {what}")
        self.position = position
        self.what = what


@dataclass(slots=True)
class TrailSummary:
    """What a valid trail holds. `sealed` counts the entries before the latest checkpoint; later ones are about a minute
    old at most."""

    entries: int = 0
    checkpoints: int = 0
    sealed: int = 0
    begins_after: int = 0
    sealed_at: datetime | None = None


def verify(lines: Iterable[bytes], keys: Keys, advance: Callable[[int], None] = lambda _: None) -> TrailSummary:
    """Verifies an export line by line. `advance` receives the number of bytes read. Raises BadTrail."""
    trail = _Trail(keys)
    for line in lines:
        trail.take(line)
        advance(len(line))
    return trail.end()


class PartVerifier:
    """Verifies the part of a trail between two checkpoints. `is_first`: no checkpoint precedes the part."""

    def __init__(self, keys: Keys, *, is_first: bool) -> None:
        self._trail = _Trail(keys, is_part=True, is_first=is_first)

    def take(self, line: bytes) -> None:
        """Verifies the next line. Raises BadTrail."""
        self._trail.take(line)

    def reached(self, upto: int) -> int:
        """The position at which the part ends. Raises BadTrail if no checkpoint is there."""
        return self._trail.require_checkpoint_at(upto)


class _Trail:
    """The state of a verification. A part begins at any checkpoint, without a header."""

    def __init__(self, keys: Keys, *, is_part: bool = False, is_first: bool = True) -> None:
        self._keys = keys
        self._is_part = is_part
        self._is_first = is_first
        self._summary = TrailSummary()
        self._made_at: datetime | None = None
        self._position = 0
        self._hash = b""
        self._latest: Checkpoint | None = None
        self._is_over = False

    def take(self, line: bytes) -> None:
        """Verifies the next line."""
        try:
            parsed = orjson.loads(line)
            kind = parsed["kind"]
            if (self._made_at is None and not self._is_part) or self._is_over:
                self._begin(kind, parsed)
            elif kind == "entry":
                self._entry(parsed)
            elif kind == "checkpoint":
                self._checkpoint(parsed)
            elif kind == "footer":
                self._footer(parsed)
            else:
                raise ValueError
        except (orjson.JSONDecodeError, binascii.Error, LookupError, TypeError, ValueError, OverflowError):
            position = None if self._latest is None else self._position
            raise BadTrail(position, "the line after this one is not part of a trail") from None

    def end(self) -> TrailSummary:
        """Verifies the end of the file."""
        if not self._is_over:
            raise BadTrail(self._position, "the file is cut off after this one")
        if self._latest is None or self._made_at is None or self._summary.sealed_at is None:
            raise BadTrail(None, "there is no checkpoint: the trail is not signed")
        if self._latest.start != self._summary.begins_after:
            raise BadTrail(self._latest.start + 1, "the beginning differs from the signed one")
        if self._made_at - self._summary.sealed_at > SEALED_WITHIN:
            raise BadTrail(
                self._latest.position + 1,
                f"not sealed since {self._summary.sealed_at:%Y-%m-%d %H:%M:%S} UTC: the end was cut off, or nobody"
                " makes checkpoints",
            )
        return self._summary

    def require_checkpoint_at(self, position: int) -> int:
        """Requires the latest checkpoint to be at the position."""
        if self._latest is None or self._latest.position != position:
            raise BadTrail(position, "its checkpoint is missing")
        return position

    def _begin(self, kind: str, parsed: Mapping[str, Any]) -> None:
        if self._is_over or kind != "header" or parsed["format"] != FORMAT:
            raise ValueError
        self._made_at = datetime.fromisoformat(parsed["made_at"])

    def _entry(self, parsed: Mapping[str, Any]) -> None:
        position = parsed["position"]
        if self._latest is None:
            raise BadTrail(position, "the beginning is cut off: there is no checkpoint before this one")
        if position <= self._position:
            raise BadTrail(position, "order changed")
        content = parsed["content"]
        if content is None:
            raise BadTrail(position, "entry missing")
        found = content_hash(content, base64.b64decode(parsed["detail"]), parsed["detail_key"])
        if found.hex() != parsed["content_hash"]:
            raise BadTrail(position, "content edited")
        reached = link_hash(self._hash, position, bytes.fromhex(parsed["entry"].replace("-", "")), found)
        if reached.hex() != parsed["hash"]:
            raise BadTrail(
                position, "link broken: the order was changed, an earlier entry is missing, or the entry differs"
            )
        self._position, self._hash = position, reached
        self._summary.entries += 1

    def _checkpoint(self, parsed: Mapping[str, Any]) -> None:
        signed = Checkpoint(
            parsed["position"],
            bytes.fromhex(parsed["hash"]),
            parsed["start"],
            datetime.fromisoformat(parsed["at"]),
            parsed["key_id"],
        )
        self._require_signature(signed, bytes.fromhex(parsed["signature"]))
        if self._latest is None:
            if self._is_first and signed.position != signed.start:
                raise BadTrail(signed.start + 1, "the beginning is cut off")
            self._position, self._hash = signed.position, signed.hash
            self._summary.begins_after = signed.start
        if signed.position > self._position:
            raise BadTrail(self._position + 1, f"entries are missing: the chain reached {signed.position}")
        if signed.position < self._position:
            raise BadTrail(signed.position, "order changed: a checkpoint of an earlier position")
        if signed.hash != self._hash:
            raise BadTrail(signed.position, "the chain up to this position was rebuilt: its checkpoint differs")
        self._latest = signed
        self._summary.checkpoints += 1
        self._summary.sealed = self._summary.entries
        self._summary.sealed_at = max(signed.at, self._summary.sealed_at or signed.at)

    def _require_signature(self, signed: Checkpoint, signature: bytes) -> None:
        key = self._keys.get(signed.key_id)
        if key is None:
            raise BadTrail(signed.position, f"checkpoint signed with an unknown key, {signed.key_id}")
        try:
            key.verify(signature, signed.text)
        except InvalidSignature:
            raise BadTrail(signed.position, "checkpoint signature wrong") from None

    def _footer(self, parsed: Mapping[str, Any]) -> None:
        if (parsed["entries"], parsed["checkpoints"]) != (self._summary.entries, self._summary.checkpoints):
            raise BadTrail(None, "the number of lines differs from the count in the last one")
        if parsed["unlinked"]:
            raise BadTrail(None, f"entry outside the chain: {parsed['unlinked'][0]}")
        self._is_over = True


def read_keys(text: bytes) -> dict[str, Ed25519PublicKey]:
    """The public keys of a file from `escm audit key`, by name. Raises ValueError if there is none."""
    keys = {}
    for line in text.split(b"\n"):
        name, _, encoded = line.strip().partition(b" ")
        if not encoded:
            continue
        public = base64.b64decode(encoded, validate=True)
        if name.decode() != key_name(public):
            raise ValueError("the name of a key does not match the key")
        keys[name.decode()] = Ed25519PublicKey.from_public_bytes(public)
    if not keys:
        raise ValueError("no key")
    return keys


def key_line(public: bytes) -> str:
    """A public key as one line of text."""
    return f"{key_name(public)} {base64.b64encode(public).decode()}"
