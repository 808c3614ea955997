"""Agreements about centres."""

from sqlalchemy import Column, Uuid

from shared.database.tables import document, text
from shared.records.columns import day, record_table

agreement = record_table(
    "centre_agreement",
    Column("centre_id", Uuid, nullable=False),
    text("kind"),
    document("parties"),
    text("search_key"),
    day("effective", nullable=True),
    day("expires", nullable=True),
    document("document", nullable=True),
)
"""`country` is the centre's; agreements are never published."""
