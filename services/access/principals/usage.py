"""When a key or a session was last used."""

from typing import Any

from sqlalchemy import Column, Text, Uuid, select
from sqlalchemy.sql.elements import ColumnElement

from shared.database.tables import instant, table

last_use = table(
    "access_last_use",
    Column("kind", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    instant("used_at"),
)
"""To the hour. Every process writes it some seconds after the use."""


def used_at(kind: str, identity: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column of the last use, to the hour."""
    found = select(last_use.c.used_at).where(last_use.c.kind == kind, last_use.c.id == identity)
    return found.scalar_subquery().label("last_used")
