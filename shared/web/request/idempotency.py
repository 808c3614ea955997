"""Idempotency keys: the same key and request get the same response, which is stored in the transaction of the
effect."""

import hashlib
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
from fastapi import Request, Response
from sqlalchemy import Column, Date, LargeBinary, SmallInteger
from starlette.datastructures import UploadFile

from shared.database.tables import document, instant, table
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, FieldError, Invalid, Malformed
from shared.kernel.principal import Principal

LONGEST_KEY = 255
LARGEST_RESPONSE = 256 * 1024
_STORED_HEADERS = ("location", "etag", "content-type", "retry-after")
_MET = "EK001"
_CLAIM = "SELECT claimed, digest, authority, status, headers, body FROM core_idempotency_claim($1, $2)"

stored_responses = table(
    "core_idempotency",
    Column("day", Date, primary_key=True),
    Column("scope", LargeBinary, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("authority", LargeBinary, nullable=True),
    Column("status", SmallInteger, nullable=False),
    document("headers"),
    Column("body", LargeBinary, nullable=False),
    instant("created_at"),
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A stored key: `scope` binds principal, method, path and key; `digest` covers the body; `authority` is that of the
    principal."""

    scope: bytes
    digest: bytes
    authority: bytes

    @property
    def lock(self) -> int:
        """The advisory lock of a key in use."""
        return int.from_bytes(self.scope[:8], "big", signed=True)

    @property
    def opening(self) -> str:
        """SQL that locks the key at the beginning of a transaction, and fails if it is not new (see `is_met`)."""
        return f"SELECT core_idempotency_open('\\x{self.scope.hex()}',{self.lock})"


def is_met(error: asyncpg.PostgresError) -> bool:
    """Whether the error means that the key is in progress or has a response."""
    return bool(error.sqlstate == _MET)


async def claim_for(request: Request, principal: Principal) -> Claim | None:
    """The claim of the request; None for a person's request without a key.

    Raises Malformed `idempotency_key_required` for a machine without a key, or if the key is too long.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        if principal.is_machine:
            raise Malformed("API clients must send an Idempotency-Key.", code="idempotency_key_required")
        return None
    if not 0 < len(key) <= LONGEST_KEY:
        error = FieldError("invalid_parameter", "1 to 255 characters.", parameter="Idempotency-Key")
        raise Malformed("The Idempotency-Key is empty or too long.", code="invalid_parameter", errors=[error])
    scope = "\n".join((principal.label, request.method, request.scope["path"], key))
    return Claim(hashlib.sha256(scope.encode()).digest(), await _digest(request), principal.authority)


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored response. `has_changed`: the caller's grants have changed since it was stored."""

    response: Response
    has_changed: bool


async def take(uow: UnitOfWork, claim: Claim) -> Replay | None:
    """The stored response, or None if the key is new and now locked by this transaction.

    Raises Conflict `request_in_progress` while another request holds the lock, Invalid `idempotency_key_reused` for
    another body.
    """
    row = await uow.connection.fetchrow(_CLAIM, claim.scope, claim.lock)
    if not row["claimed"]:
        raise Conflict("A request with this Idempotency-Key is in progress.", code="request_in_progress", retry_after=1)
    if row["digest"] is None:
        return None
    if row["digest"] != claim.digest:
        raise Invalid("This Idempotency-Key was used for another request.", code="idempotency_key_reused")
    headers = {**row["headers"], "Idempotency-Replayed": "true"}
    return Replay(Response(bytes(row["body"]), row["status"], headers), row["authority"] != claim.authority)


def store(uow: UnitOfWork, claim: Claim, response: Response) -> None:
    """Stores the response with the effect. Only responses of committed effects are stored."""
    body = getattr(response, "stored_body", response.body)
    if len(body) > LARGEST_RESPONSE:
        raise RuntimeError("responses to POST must be smaller than 256 KiB")
    headers = {name: value for name, value in response.headers.items() if name in _STORED_HEADERS}
    uow.append(
        stored_responses,
        scope=claim.scope,
        digest=claim.digest,
        authority=claim.authority,
        status=response.status_code,
        headers=headers,
        body=bytes(body),
    )


async def _digest(request: Request) -> bytes:
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return hashlib.sha256(_dump(await _form(request))).digest()
    body = await request.body()
    try:
        canonical = _dump(orjson.loads(body)) if body else b""
    except orjson.JSONDecodeError:
        canonical = body
    return hashlib.sha256(canonical).digest()


async def _form(request: Request) -> list[list[Any]]:
    """Field values, and files by the digest of their bytes."""
    parts: list[list[Any]] = []
    for name, value in (await request.form()).multi_items():
        if isinstance(value, UploadFile):
            digest = hashlib.sha256()
            while block := await value.read(1 << 20):
                digest.update(block)
            await value.seek(0)
            parts.append([name, value.filename, digest.hexdigest()])
        else:
            parts.append([name, value])
    return sorted(parts, key=_dump)


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
