"""The schema's metadata and the types of its columns."""

from sqlalchemy import Column, DateTime, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

SCHEMA = "escm"
metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_name)s_idx",
    },
)
COPIED = "copied"
Instant = DateTime(timezone=True)
"""timestamptz with microseconds."""


def table(name: str, *items: SchemaItem, copied: bool = False) -> Table:
    """A table of the schema; its prefix names its owner. `copied`: large inserts use COPY, which PostgreSQL refuses
    under row-level security."""
    return Table(name, metadata, *items, info={COPIED: copied})


def text(name: str, *items: SchemaItem, nullable: bool = False) -> Column[str]:
    """A text column."""
    return Column(name, Text, *items, nullable=nullable)


def instant(name: str, *, nullable: bool = False) -> Column[object]:
    """An instant column."""
    return Column(name, Instant, nullable=nullable)


def document(name: str, *, nullable: bool = False) -> Column[object]:
    """A jsonb column."""
    return Column(name, JSONB, nullable=nullable)
