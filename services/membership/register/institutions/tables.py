"""Institutions, and the values for filters of lists and for matching."""

from sqlalchemy import Column, Text, Uuid

from services.membership.register.institutions.record import Institution
from shared.database.tables import table, text
from shared.records.columns import table_of

institution = table_of(Institution, "member_institution")

institution_value = table(
    "member_institution_value",
    Column("institution_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    text("country"),
    text("visibility"),
)
"""Types, domains, folded names, short forms (acronyms, initials, labels of domains) and significant words, one row a
value, for look-ups by equality."""

institution_relation = table(
    "member_institution_relation",
    Column("institution_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    text("country"),
    text("visibility"),
)
"""What an institution states of others, indexed by the other side: `other` is an id or a ROR id."""
