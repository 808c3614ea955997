"""Reading and storing the keys that sign credentials, and reading which certificates are not in force."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, exists, func, insert, null, or_, select, update

from services.membership.certificates.certificates.domain import LIVING
from services.membership.certificates.certificates.tables import certificate
from services.membership.issuing.credentials.domain import ENTRIES, REVOCATION, REVOKED, SUSPENDED, SUSPENSION, Key
from services.membership.issuing.credentials.tables import credential_key
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.kernel.errors import NotFound
from shared.records.access_scope import constant

_MOST_KEYS = 1000
_CACHED = timedelta(days=1)
"""Longer than a process caches a key: what is issued until then may have its signature."""
_LOCK = Statement(select(func.pg_advisory_xact_lock(func.hashtext("member_credential_key"))))
_SIGNING = Lookup(
    select(credential_key.c.kid, credential_key.c.private, credential_key.c.signs_from)
    .where(
        credential_key.c.signs_from <= bindparam("at"),
        credential_key.c.signs_until > bindparam("at"),
        credential_key.c.private.is_not(None),
    )
    .limit(_MOST_KEYS)
)
_PUBLIC = Lookup(
    select(credential_key.c.public, credential_key.c.signs_from, credential_key.c.signs_until).limit(_MOST_KEYS)
)
_OF_KID = Lookup(select(credential_key.c.public).where(credential_key.c.kid == bindparam("kid")).limit(1))
_NEWEST = Lookup(select(func.max(credential_key.c.signs_until)).limit(1))
_ADD = Statement(insert(credential_key).values({c.name: bindparam(c.name) for c in credential_key.c}))
_FORGET_PRIVATE = Statement(
    update(credential_key)
    .where(credential_key.c.signs_until <= bindparam("at"), credential_key.c.private.is_not(None))
    .values(private=null())
)
_in_force = certificate.c.status.in_([constant(status) for status in LIVING]) & or_(
    certificate.c.valid_to.is_(None), certificate.c.valid_to >= bindparam("today")
)
_DELETE = Statement(
    delete(credential_key).where(
        credential_key.c.signs_until <= bindparam("at"),
        ~exists().where(certificate.c.created_at < credential_key.c.signs_until + _CACHED, _in_force),
    )
)
_of_list = (
    certificate.c.status_index >= bindparam("first"),
    certificate.c.status_index < bindparam("first", type_=Integer) + ENTRIES,
)
_IS_USED = Lookup(select(certificate.c.status_index).where(*_of_list).limit(1))


def _set(*statuses: str) -> Lookup:
    has_ended = certificate.c.status.in_([constant(status) for status in statuses])
    return Lookup(select(certificate.c.status_index).where(*_of_list, has_ended).limit(ENTRIES))


_SET = {REVOCATION: _set(*REVOKED), SUSPENSION: _set(*SUSPENDED)}


async def lock_keys(connection: Connection) -> None:
    """Locks the making of keys until the transaction ends."""
    await _LOCK.execute(connection)


async def signing_keys(connection: Connection, at: datetime) -> Sequence[Row]:
    """Name and encrypted private part of the keys that sign at this instant, newest first."""
    found = await _SIGNING.fetch(connection, at=at)
    return sorted(found, key=lambda row: row["signs_from"], reverse=True)


async def published_keys(connection: Connection, at: datetime) -> list[Key]:
    """The public keys: first the one that signs, since readers without a `kid` take the first, then the others, newest
    first."""
    found = await _PUBLIC.fetch(connection)
    found.sort(key=lambda row: (row["signs_from"] <= at < row["signs_until"], row["signs_from"]), reverse=True)
    return [row["public"] for row in found]


async def public_key(connection: Connection, kid: str) -> Key | None:
    """A public key by its thumbprint."""
    found: Key | None = await _OF_KID.fetchval(connection, kid=kid)
    return found


async def signed_until(connection: Connection) -> datetime | None:
    """The latest end of signing of all keys; None without a key."""
    found: datetime | None = await _NEWEST.fetchval(connection)
    return found


async def add_key(connection: Connection, **values: object) -> None:
    """Inserts a key, which is published at once."""
    await _ADD.execute(connection, **values)


async def forget_private(connection: Connection, at: datetime) -> None:
    """Deletes the private parts of keys that no longer sign."""
    await _FORGET_PRIVATE.execute(connection, at=at)


async def delete_unused(connection: Connection, at: datetime) -> None:
    """Deletes keys that no longer sign and under which no certificate that is in force can have a credential."""
    await _DELETE.execute(connection, at=at, today=at.date())


async def indexes_set(connection: Connection, purpose: str, number: int) -> list[int]:
    """The indexes of the revoked (or replaced), or of the suspended certificates of a list. Raises NotFound if no
    certificate is on it."""
    first = number * ENTRIES
    if await _IS_USED.fetchval(connection, first=first) is None:
        raise NotFound
    return [row["status_index"] for row in await _SET[purpose].fetch(connection, first=first)]
