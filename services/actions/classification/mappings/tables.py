"""Mappings between codes of schemes."""

from sqlalchemy import Column, Text

from shared.database.tables import document, table, text

mapping = table(
    "action_scheme_mapping",
    *(Column(name, Text, primary_key=True) for name in ("scheme", "code", "to_scheme", "to_code")),
    text("relation"),
    document("source", nullable=True),
)
