"""Calls of clients, and the notices about retiring operations."""

from typing import Any

from sqlalchemy import BigInteger, Column, Date, Uuid

from shared.database.tables import instant, table, text


def _columns() -> tuple[Column[Any], ...]:
    return (
        Column("client_id", Uuid, nullable=False),
        text("service"),
        text("operation"),
        text("method"),
        text("path"),
        Column("deprecated_on", Date),
        Column("sunset", Date),
        Column("day", Date, nullable=False),
        Column("calls", BigInteger, nullable=False),
        Column("failures", BigInteger, nullable=False),
        instant("last_at"),
    )


client_call = table("access_client_call", Column("id", Uuid, primary_key=True), *_columns())
"""The calls that a process counted between two writes. Every service adds rows, access alone reads them and sums them
up."""
client_usage = table("access_client_usage", *_columns())
"""The sums by client, day and operation."""
