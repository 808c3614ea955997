"""Pairs of records that may be one."""

from sqlalchemy import Column, Float, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import instant, text
from shared.records.columns import record_table

duplicate = record_table(
    "member_duplicate",
    text("resource"),
    Column("a", Uuid, nullable=False),
    Column("b", Uuid, nullable=False),
    text("country_a"),
    text("country_b"),
    Column("score", Float, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    text("found_by"),
    text("basis"),
    text("dismissed_by", nullable=True),
    instant("dismissed_at", nullable=True),
    text("dismissal", nullable=True),
    Column("settled_by", Uuid, nullable=True),
    Column("instead_of", Uuid, nullable=True),
)
"""`country` is that of both records, None where they lie in two: then only whoever covers both sees the pair."""
