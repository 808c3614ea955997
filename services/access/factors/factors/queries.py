"""Reading second factors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, insert, or_, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE
from services.access.factors.factors.domain import KINDS, LIFECYCLE, PENDING
from services.access.factors.factors.record import Factor
from services.access.factors.factors.tables import factor, secret
from services.access.principals.accounts.tables import account
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import read_columns, renderer
from shared.records.listing import one_of, reference, values
from shared.records.next_steps import NextSteps
from shared.records.plain import listing_by_state
from shared.records.rows import record_of, records_of

_used_at = select(secret.c.used_at).where(secret.c.factor_id == factor.c.id).scalar_subquery().label("last_used")
COLUMNS: Mapping[str, ColumnElement[Any]] = {**read_columns(Factor, factor), "last_used": _used_at}
render = renderer(COLUMNS)
_MOST_OWN = 200
_STATE = ("counter", "last_step", "failures", "locks", "codes", "used_at")
_of_account = factor.c.account_id == bindparam("account")
_is_living = factor.c.status.in_([constant(status) for status in ("pending", "active", "locked")])
_is_confirmed = factor.c.status.in_([constant(status) for status in ("active", "locked")])
_OWN = Lookup(select(factor.c.id).where(_of_account).order_by(factor.c.id.desc()).limit(_MOST_OWN))
_SHOWN = Lookup(select(*COLUMNS.values()).where(_of_account, _is_confirmed).order_by(factor.c.id).limit(_MOST_OWN))
_LOCK_LIVING = Statement(select(factor).where(_of_account, _is_living).order_by(factor.c.id).with_for_update())
_PROVEN = (
    select(*factor.c, *(column for column in secret.c if column.key not in ("factor_id", "account_id")))
    .select_from(
        factor.join(secret, secret.c.factor_id == factor.c.id).join(account, account.c.id == factor.c.account_id)
    )
    .where(account.c.status == "active")
)
_LOCK_PROVABLE = Statement(
    _PROVEN.where(_of_account, _is_confirmed).order_by(factor.c.id).with_for_update(of=(factor, secret))
)
_LOCK_PASSKEY = Statement(
    _PROVEN.where(secret.c.credential == bindparam("credential"), _is_confirmed).with_for_update(of=(factor, secret))
)
_SECRET = Statement(select(secret.c.sealed).where(secret.c.factor_id == bindparam("factor")))
_PASSKEYS = Lookup(
    select(secret.c.credential)
    .select_from(secret.join(factor, factor.c.id == secret.c.factor_id))
    .where(_of_account, factor.c.status == "active", secret.c.credential.is_not(None))
    .limit(_MOST_OWN)
)
_ADD = Statement(
    insert(secret).values(
        factor_id=bindparam("factor"), account_id=bindparam("account"), sealed=bindparam("sealed"),
        codes=bindparam("codes"), counter=0, last_step=0, failures=0, locks=0,
    )
)  # fmt: skip
_BOUND = {"credential": None, "public_key": None, "counter": 0, "last_step": 0}
_BIND = Statement(
    update(secret)
    .where(secret.c.factor_id == bindparam("factor"))
    .values({name: bindparam(f"new_{name}") for name in _BOUND})
)
_NOTE = Statement(
    update(secret)
    .where(secret.c.factor_id == bindparam("factor"))
    .values({name: bindparam(f"new_{name}") for name in _STATE})
)
_USE_ONCE = Statement(
    text(
        "INSERT INTO escm.access_used_assertion (digest, until) VALUES (:digest, :until)"
        " ON CONFLICT DO NOTHING RETURNING digest"
    )
)
_FORGET = Statement(delete(secret).where(secret.c.factor_id == bindparam("factor")))
_OVER = Statement(
    select(factor)
    .where(
        or_(
            (factor.c.status == "pending") & (factor.c.created_at <= bindparam("made_before")),
            (factor.c.status == "locked") & (factor.c.locked_until <= bindparam("at")),
        )
    )
    .order_by(factor.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Provable:
    """A confirmed factor with what proves it, locked."""

    factor: Factor
    secrets: Row


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Factors that the caller may read; none is published."""
    return select(factor).where(visible(factor, access_kind, NO_STATE))


NEXT_STEPS = NextSteps("access.factors", factor, ())
LISTING = listing_by_state(
    factor,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    values("kind", factor.c.kind, "Kinds, separated by commas", one_of(KINDS)),
    reference("account_id", factor.c.account_id),
    NEXT_STEPS.holder,
)


async def own(connection: Connection, owner: UUID) -> list[UUID]:
    """The latest factors of an account in any state."""
    return [row["id"] for row in await _OWN.fetch(connection, account=owner)]


async def shown(connection: Connection, owner: UUID) -> list[Row]:
    """The confirmed factors of an account, the oldest first."""
    return await _SHOWN.fetch(connection, account=owner)


async def lock_living(connection: Connection, owner: UUID) -> list[Factor]:
    """The factors of an account that are not removed, locked. Until the transaction ends no other one adds any."""
    await lock_names(connection, f"factors of {owner}")
    return records_of(Factor, await _LOCK_LIVING.fetch(connection, account=owner))


async def lock_provable(connection: Connection, owner: UUID) -> list[Provable]:
    """The confirmed factors of an active account."""
    return [_provable(row) for row in await _LOCK_PROVABLE.fetch(connection, account=owner)]


async def lock_passkey(connection: Connection, credential: bytes) -> Provable | None:
    """The confirmed passkey with this id, of an active account."""
    row = await _LOCK_PASSKEY.fetchrow(connection, credential=credential)
    return _provable(row) if row else None


async def sealed_secret(connection: Connection, factor: UUID) -> bytes | None:
    """The sealed secret of an app."""
    found: bytes | None = await _SECRET.fetchval(connection, factor=factor)
    return found


async def passkeys(connection: Connection, owner: UUID) -> list[bytes]:
    """The ids of the active passkeys of an account."""
    return [bytes(row["credential"]) for row in await _PASSKEYS.fetch(connection, account=owner)]


async def add_secret(
    connection: Connection, added: Factor, sealed: bytes | None = None, codes: list[bytes] | None = None
) -> None:
    """Stores what proves a new factor."""
    await _ADD.execute(connection, factor=added.id, account=added.account_id, sealed=sealed, codes=codes or [])


async def bind(connection: Connection, factor: UUID, **shown: object) -> None:
    """Stores what a factor showed when it was confirmed: its passkey, or the step of its first code."""
    values = {f"new_{name}": value for name, value in {**_BOUND, **shown}.items()}
    await _BIND.execute(connection, factor=factor, **values)


async def note(connection: Connection, found: Provable, **changed: object) -> None:
    """Stores what a try changed."""
    state = {f"new_{name}": changed.get(name, found.secrets[name]) for name in _STATE}
    await _NOTE.execute(connection, factor=found.factor.id, **state)


async def use_once(connection: Connection, digest: bytes, until: datetime) -> bool:
    """Whether this is the first use of a challenge, stored beside the assertions of clients that count once."""
    return await _USE_ONCE.fetchval(connection, digest=digest, until=until) is not None


async def forget(connection: Connection, factor: UUID) -> None:
    """Deletes what proves a factor."""
    await _FORGET.execute(connection, factor=factor)


async def over(connection: Connection, at: datetime) -> list[Factor]:
    """Up to 200 factors that nobody confirmed in time, or whose lock is over, locked."""
    return records_of(Factor, await _OVER.fetch(connection, at=at, made_before=at - PENDING))


def _provable(row: Row) -> Provable:
    return Provable(record_of(Factor, row), row)
