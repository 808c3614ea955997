"""Institutions, and the values that lists filter and matches look up by."""

from sqlalchemy import Boolean, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, table, text
from shared.records.columns import record_table


def _texts(name: str) -> Column[list[str]]:
    return Column(name, ARRAY(Text), nullable=False)


institution = record_table(
    "member_institution",
    document("names"),
    text("display_name"),
    text("sort_name"),
    text("search_key"),
    text("match_key"),
    text("ror", nullable=True),
    _texts("types"),
    _texts("domains"),
    _texts("links"),
    document("locations"),
    document("relations"),
    Column("heri", Boolean, nullable=False),
    text("previous_status", nullable=True),
    Column("merged_into", Uuid, nullable=True),
)
"""`match_key` holds the telling words of all names, folded; `search_key` the whole names."""

institution_value = table(
    "member_institution_value",
    Column("institution_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    text("country"),
    text("visibility"),
)
"""Types, domains, folded names, short forms (acronyms, initials, labels of domains) and telling words, one row a value,
for plain equality."""

institution_relation = table(
    "member_institution_relation",
    Column("institution_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    text("country"),
    text("visibility"),
)
"""What an institution states of others, to be found from their side: `other` is an id or a ROR id."""
