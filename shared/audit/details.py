"""Details of entries that describe a person, encrypted with keys of that person, so that erasure removes them.

A transaction makes one key for each person it concerns, so a write never reads keys. Half of a key is in
`core_audit_key`; the other half is derived from the installation's secret. Each entry's key is derived from both and
encrypts one text only.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Uuid, any_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import ARRAY

from shared.audit.tables import audit, audit_key
from shared.configuration.sealing import derived_key
from shared.configuration.settings import secret_key
from shared.database.ids import uuid7
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.ids import random_bytes

_ONLY_USE = bytes(12)
"""The nonce: no key is used twice."""
_DELETE_KEYS = Statement(delete(audit_key).where(audit_key.c.subject == bindparam("subject")))
_KEYS_OF_RECORDS = select(audit.c.detail_key).where(audit.c.subject == any_(bindparam("records", type_=ARRAY(Uuid))))
_DELETE_KEYS_OF_RECORDS = Statement(delete(audit_key).where(audit_key.c.id.in_(_KEYS_OF_RECORDS)))


def encrypt(uow: UnitOfWork, person: UUID, entry: UUID, detail: bytes) -> tuple[UUID, bytes]:
    """The name of the person's key and the encrypted detail. A new key is committed with the unit of work."""
    key = uow.scratch.get(person)
    if key is None:
        key = uow.scratch[person] = uuid7(), random_bytes()
        uow.append(audit_key, id=key[0], subject=person, salt=key[1])
    return key[0], _cipher(key[1], entry).encrypt(_ONLY_USE, detail, None)


def read(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Decrypts an entry's detail from its `id`, `detail`, `detail_key` and the key's `salt`. None if the person was
    erased or the secret differs."""
    detail: bytes = row["detail"]
    if row["detail_key"] is not None:
        if row["salt"] is None:
            return None
        try:
            detail = _cipher(row["salt"], row["id"]).decrypt(_ONLY_USE, detail, None)
        except InvalidTag:
            return None
    parsed: dict[str, Any] = orjson.loads(detail)
    return parsed


async def erase_details(uow: UnitOfWork, subject: UUID) -> None:
    """Makes the details of all entries about this person permanently unreadable. The entries and their chain stay."""
    await _DELETE_KEYS.execute(uow.connection, subject=subject)


async def erase_details_of(uow: UnitOfWork, records: Sequence[UUID]) -> None:
    """Makes the details of all entries about these records permanently unreadable, if they describe a person; so are
    those about other records of the person from the same transactions."""
    await _DELETE_KEYS_OF_RECORDS.execute(uow.connection, records=records)


def _cipher(salt: bytes, entry: UUID) -> AESGCM:
    own = _half().copy()
    own.update(salt + entry.bytes)
    return AESGCM(own.digest())


@lru_cache(1)
def _half() -> hashlib.blake2b:
    return hashlib.blake2b(key=derived_key(secret_key(), "escm audit details"), digest_size=32)
