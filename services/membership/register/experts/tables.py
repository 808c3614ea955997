"""Experts, their affiliations, and the values for filters of lists."""

from sqlalchemy import Boolean, Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.membership.register.experts.record import Expert
from shared.database.tables import instant, table, text
from shared.records.columns import table_of

expert = table_of(Expert, "member_expert")

affiliation = table(
    "member_affiliation",
    Column("id", Uuid, primary_key=True),
    Column("expert_id", Uuid, nullable=False),
    text("country"),
    text("visibility"),
    Column("version", Integer, nullable=False),
    Column("institution_id", Uuid, nullable=True),
    text("raw", nullable=True),
    text("role", nullable=True),
    text("unit", nullable=True),
    text("starts", nullable=True),
    text("ends", nullable=True),
    Column("is_primary", Boolean, nullable=False),
    text("asserted_by"),
    instant("created_at"),
    instant("updated_at"),
    text("match_status", nullable=True),
    Column("match", JSONB, nullable=True),
    Column("match_candidates", JSONB, nullable=True),
    instant("matched_at", nullable=True),
    text("put_code", nullable=True),
)
"""`country` and `visibility` are the expert's, so one policy serves both tables.

`match_status` is null until somebody checks which institution `raw` means; `match` describes how a link was made,
`match_candidates` the choices of a person. `put_code` is the place in an ORCID record that it was imported from.
"""

expert_value = table(
    "member_expert_value",
    Column("expert_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    text("country"),
    text("visibility"),
)
"""Fields, boundaries, ecosystems, keywords (folded) and languages, one row a value, for filters by equality."""
