"""Authorization codes."""

from sqlalchemy import Column, LargeBinary, Uuid

from shared.database.tables import instant, table, text

code = table(
    "access_code",
    Column("digest", LargeBinary, primary_key=True),
    Column("browser_session", Uuid, nullable=False),
    Column("client", Uuid, nullable=False),
    text("redirect_uri"),
    text("challenge"),
    text("scope"),
    text("nonce", nullable=True),
    text("bound_to", nullable=True),
    instant("until"),
    instant("used_at", nullable=True),
    Column("given", Uuid),
)
"""`browser_session` is that in which the person is signed in, `given` the session that the code was exchanged for."""
