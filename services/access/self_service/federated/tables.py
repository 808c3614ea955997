"""People on the way to an identity provider."""

from sqlalchemy import Column, LargeBinary, Uuid

from shared.database.tables import instant, table, text

start = table(
    "access_federation_start",
    Column("digest", LargeBinary, primary_key=True),
    Column("browser", LargeBinary, nullable=False),
    Column("provider", Uuid, nullable=False),
    text("request", nullable=True),
    Column("account_id", Uuid),
    Column("invitation", LargeBinary),
    instant("until"),
)
"""`digest` is that of the state, `browser` that of the cookie. `request` is what a client asks, sealed. `account_id` is
who links an identity; `invitation` is the digest of the mailed token by which somebody comes."""
