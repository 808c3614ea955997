"""Addresses of break-glass."""

from sqlalchemy import Column, LargeBinary, Uuid

from shared.database.tables import instant, table, text

break_glass = table(
    "access_break_glass",
    Column("id", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    text("reason"),
    instant("made_at"),
    instant("until"),
    instant("used_at", nullable=True),
    Column("session", Uuid),
)
"""`digest` is that of the code in the address, `session` the one that was opened."""
