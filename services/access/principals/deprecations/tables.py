"""Calls of retiring operations by clients, and the notices about them."""

from sqlalchemy import BigInteger, Column, Date, Uuid

from shared.database.tables import instant, table, text

deprecated_call = table(
    "access_deprecated_call",
    Column("id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    text("service"),
    text("operation"),
    text("method"),
    text("path"),
    Column("deprecated_on", Date, nullable=False),
    Column("sunset", Date, nullable=False),
    Column("day", Date, nullable=False),
    Column("calls", BigInteger, nullable=False),
    instant("last_at"),
)
"""The calls that a process counted between two writes; once a day has passed, all of it. Every service adds rows,
access alone reads them."""
