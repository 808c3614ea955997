"""Reading API clients."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, Select, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.access.access import NO_STATE
from services.access.principals.accounts.tables import account
from services.access.principals.clients.domain import LIFECYCLE, REMINDERS
from services.access.principals.clients.record import Client
from services.access.principals.clients.tables import client
from services.access.principals.usage import used_at
from services.access.suspending import Made
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.columns import renderer, shown_columns
from shared.records.listing import Filter, countries, fragment
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import listing_by_state
from shared.records.rows import record_of

_end = func.unnest(client.c.secret_ends, type_=DateTime(timezone=True)).column_valued("secret_end")
_first_end = select(func.min(_end)).correlate(client).scalar_subquery()
_expired = select(func.count(_end)).where(_end <= func.now()).correlate(client).scalar_subquery()
_living = cast(func.cardinality(client.c.secrets) - _expired, Integer)
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **shown_columns(Client, client),
    "living_secrets": _living.label("living_secrets"),
    "keys_expire_at": _first_end.label("keys_expire_at"),
    "proposed_secret": client.c.proposed_secret.is_not(None).label("proposed_secret"),
    "last_used": used_at("client", client.c.id),
}
render = renderer(COLUMNS)
_OF_TOKEN = (
    "id",
    "client_id",
    "secrets",
    "secret_ends",
    "jwks",
    "ip_allow",
    "resources",
    "verbs",
    "grants",
    "public",
    "dpop_bound",
)
_FOR_TOKEN = Lookup(
    select(*(client.c[name] for name in _OF_TOKEN))
    .where(client.c.client_id == bindparam("client_id"), client.c.status == "active")
    .limit(1)
)
"""Few columns: reading an existing client takes no longer than finding none."""
_FOR_SIGN_IN = Lookup(
    select(client).where(client.c.client_id == bindparam("client_id"), client.c.status == "active").limit(1)
)
_ACCOUNTS = Statement(
    select(account.c.id, account.c.country).where(
        account.c.id == any_(bindparam("keys", type_=ARRAY(Uuid))), account.c.status == constant("active")
    )
)
_DUE = """
UPDATE access_client c SET secret_reminder = $1
WHERE status = 'active' AND EXISTS (
    SELECT FROM unnest(c.secret_ends) AS e (ends) CROSS JOIN unnest($2::integer[]) AS d (days)
    WHERE e.ends > $1 AND e.ends - make_interval(days => d.days) <= $1
    AND (c.secret_reminder IS NULL OR c.secret_reminder < e.ends - make_interval(days => d.days))
) RETURNING id
"""
_OF_CONTACT = Lookup(
    select(client.c.id)
    .where(bindparam("account", type_=Uuid) == any_(client.c.contacts), client.c.status != constant("revoked"))
    .limit(1000)
)
MADE = Made(Client, client, ended="revoked", usable=("proposed", "active"))


async def countries_of_accounts(connection: Connection, keys: Sequence[UUID]) -> dict[UUID, str | None]:
    """The countries of those of these accounts that are in use."""
    return {row["id"]: row["country"] for row in await _ACCOUNTS.fetch(connection, keys=list(keys))}


async def of_contact(connection: Connection, account: UUID) -> list[UUID]:
    """The clients that are not revoked and whose contact the account is."""
    return [row["id"] for row in await _OF_CONTACT.fetch(connection, account=account)]


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """Clients that the caller may read; none is published."""
    return select(client).where(visible(client, access_kind, NO_STATE))


NEXT_STEPS = NextSteps("access.clients", client, (NextStep("proposed", "confirm"),))
LISTING = listing_by_state(
    client,
    LIFECYCLE.states,
    visible_to,
    COLUMNS,
    Filter("client_id", "The name that it authenticates with", str, lambda b: client.c.client_id == b),
    countries(client.c.country),
    NEXT_STEPS.holder,
    fragment(client.c.search_key),
)


async def take_reminders(connection: Connection, at: datetime) -> Sequence[UUID]:
    """The active clients of which a reminder of a secret's end is due, which is taken as given."""
    return [row["id"] for row in await connection.fetch(_DUE, at, list(REMINDERS))]


async def for_token(connection: Connection, client_id: str) -> Client | None:
    """The credentials and permitted uses of the active client with this client id; no other field."""
    row = await _FOR_TOKEN.fetchrow(connection, client_id=client_id)
    return record_of(Client, row) if row else None


async def for_sign_in(connection: Connection, client_id: str) -> Client | None:
    """The active client with this client id."""
    row = await _FOR_SIGN_IN.fetchrow(connection, client_id=client_id)
    return record_of(Client, row) if row else None
