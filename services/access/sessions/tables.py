"""Sessions, and the tokens that renew them."""

from sqlalchemy import Column, LargeBinary, Uuid

from shared.database.tables import instant, table, text
from shared.records.columns import record_table

session = record_table(
    "access_session",
    Column("account_id", Uuid, nullable=False),
    text("label", nullable=True),
    instant("ends_at"),
)

refresh_token = table(
    "access_refresh_token",
    Column("digest", LargeBinary, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    instant("until"),
    instant("used_at", nullable=True),
)
"""`digest` is the SHA-256 of the token. A used one is kept until its time is over, so that a second use is noticed."""
