"""Sessions, and the tokens that renew them."""

from typing import Any

from sqlalchemy import Column, LargeBinary, Text, Uuid, case, column, or_, select
from sqlalchemy import table as named
from sqlalchemy.sql.elements import ColumnElement

from services.access.principals.sessions.record import Session
from shared.database.tables import instant, table
from shared.kernel.step_up import Level
from shared.records.access_scope import constant
from shared.records.columns import table_of

session = table_of(Session, "access_session")

refresh_token = table(
    "access_refresh_token",
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    instant("until"),
    instant("used_at", nullable=True),
)
"""`digest` is the SHA-256 of the token. A used token is stored until it expires, so that a second use is detected."""

browser = table(
    "access_browser",
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    instant("until"),
)
"""Browsers in which somebody is signed in. `digest` is the SHA-256 of the cookie."""

client = named(
    "access_client",
    column("id", Uuid),
    column("client_id", Text),
    column("name", Text),
    column("backchannel_logout_uri", Text),
    schema="escm",
)
provider = named("access_identity_provider", column("id", Uuid), column("code", Text), schema="escm")
"""What a session shows of its client and its provider. They know of sessions, not the other way round."""

_factor = named(
    "access_factor", column("account_id", Uuid), column("kind", Text), column("status", Text), schema="escm"
)


def best_level(account: ColumnElement[Any]) -> ColumnElement[str]:
    """The highest level that an account can reach by its factors. Locked ones count for two: their account is not one
    without a factor. A locked passkey is locked for good."""

    def has(kind: str, *states: str) -> ColumnElement[bool]:
        of_kind = _factor.c.kind == constant(kind), _factor.c.status.in_([constant(state) for state in states])
        return select(_factor.c.kind).where(_factor.c.account_id == account, *of_kind).exists()

    return case(
        (has("passkey", "active"), constant(Level.PASSKEY)),
        (or_(has("totp", "active", "locked"), has("passkey", "locked")), constant(Level.TWO_FACTORS)),
        else_=constant(Level.ONE_FACTOR),
    ).label("best")
