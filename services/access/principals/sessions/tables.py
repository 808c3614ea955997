"""Sessions, and the tokens that renew them."""

from sqlalchemy import Column, LargeBinary, Text, Uuid, column
from sqlalchemy import table as named

from services.access.principals.sessions.record import Session
from shared.database.tables import instant, table
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
