"""Experts, their affiliations, and the values that lists filter by."""

from sqlalchemy import Boolean, Column, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.database.tables import document, instant, table, text
from shared.records.columns import record_table


def _texts(name: str) -> Column[list[str]]:
    return Column(name, ARRAY(Text), nullable=False)


expert = record_table(
    "member_expert",
    document("names"),
    text("display_name"),
    text("sort_name"),
    text("search_key"),
    text("name_key"),
    document("emails"),
    _texts("email_keys"),
    text("orcid", nullable=True),
    _texts("languages"),
    _texts("fields"),
    _texts("planetary_boundaries"),
    _texts("ecosystems"),
    _texts("keywords"),
    document("biography"),
    text("gender", nullable=True),
    text("category"),
    text("previous_status", nullable=True),
    Column("term_starts", Date, nullable=True),
    Column("term_ends", Date, nullable=True),
    Column("account_id", Uuid, nullable=True),
    Column("profile_confirmed_on", Date, nullable=True),
    Column("conflict_of_interest_on", Date, nullable=True),
    instant("clock_since", nullable=True),
    instant("clock_target", nullable=True),
    Column("assignee", Uuid, nullable=True),
    document("asserted"),
    Column("merged_into", Uuid, nullable=True),
    instant("erased_at", nullable=True),
)

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
)
"""`country` and `visibility` are the expert's: one policy serves both.

`match_status` is null as long as nobody has looked which institution `raw` means; `match` tells how a link came about,
`match_candidates` what a person may choose from.
"""

expert_value = table(
    "member_expert_value",
    Column("expert_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    text("country"),
    text("visibility"),
)
"""Fields, boundaries, ecosystems, keywords (folded) and languages, one row a value, for filters by plain equality."""
