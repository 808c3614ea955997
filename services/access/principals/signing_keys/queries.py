"""Reading signing keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select

from services.access.access import NO_STATE
from services.access.principals.clients.record import JsonWebKey
from services.access.principals.signing_keys.domain import LIFECYCLE
from services.access.principals.signing_keys.record import SigningKey
from services.access.principals.signing_keys.tables import signing_key
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import read_columns, renderer
from shared.records.listing import Filter
from shared.records.next_steps import NextSteps
from shared.records.plain import listing_by_state
from shared.records.rows import records_of

COLUMNS = read_columns(SigningKey, signing_key)
render = renderer(COLUMNS)
_MOST = 1000
_is_living = signing_key.c.status != constant("revoked")

_LOCK_KEYS = Statement(select(func.pg_advisory_xact_lock(func.hashtext("access_signing_key"))))
_SIGNING = Lookup(
    select(signing_key)
    .where(_is_living, signing_key.c.signs_from <= bindparam("at"), signing_key.c.signs_until > bindparam("at"))
    .order_by(signing_key.c.signs_from.desc())
    .limit(_MOST)
)
_NEWEST = Lookup(
    select(signing_key)
    .where(signing_key.c.status == constant("active"))
    .order_by(signing_key.c.signs_until.desc())
    .limit(1)
)
_PUBLISHED = Lookup(
    select(signing_key.c.public)
    .where(_is_living, signing_key.c.verifies_until > bindparam("at"))
    .order_by(signing_key.c.signs_from.desc())
    .limit(_MOST)
)
_EVERY = Lookup(select(signing_key).order_by(signing_key.c.signs_from.desc()).limit(_MOST))
_DELETE = Statement(delete(signing_key).where(signing_key.c.verifies_until < bindparam("at")))


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Keys that the caller may read; none is published as a record."""
    return select(signing_key).where(visible(signing_key, access_kind, NO_STATE))


NEXT_STEPS = NextSteps("access.signing_keys", signing_key, ())
LISTING = listing_by_state(
    signing_key,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    Filter("kid", "Its name in tokens", str, lambda bound: signing_key.c.kid == bound),
    NEXT_STEPS.holder,
)


async def lock_keys(connection: Connection) -> None:
    """Locks the making of signing keys until the transaction ends."""
    await _LOCK_KEYS.execute(connection)


async def signing(connection: Connection, at: datetime) -> list[SigningKey]:
    """The keys that may sign at this instant, newest first."""
    return records_of(SigningKey, await _SIGNING.fetch(connection, at=at))


async def newest(connection: Connection) -> SigningKey | None:
    """The key that has no successor, whether or not it signs yet."""
    found = records_of(SigningKey, await _NEWEST.fetch(connection))
    return found[0] if found else None


async def every(connection: Connection) -> list[SigningKey]:
    """All keys that are stored, newest first."""
    return records_of(SigningKey, await _EVERY.fetch(connection))


async def published(connection: Connection, at: datetime) -> list[JsonWebKey]:
    """The public keys, newest first."""
    return [row["public"] for row in await _PUBLISHED.fetch(connection, at=at)]


async def delete_over(connection: Connection, at: datetime) -> None:
    """Deletes keys that verify no valid token."""
    await _DELETE.execute(connection, at=at)


def shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """The key as the API shows it."""
    found = render(row)
    found["from"], found["until"] = found.pop("signs_from"), found.pop("signs_until")
    return found
