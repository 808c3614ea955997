"""Frameworks. They belong to no country."""

from shared.database.tables import document, text
from shared.records.columns import day, record_table

framework = record_table(
    "action_framework",
    text("code"),
    document("core"),
    document("pillars"),
    day("valid_from"),
    day("valid_to", nullable=True),
    text("search_key"),
)
