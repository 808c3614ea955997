"""Assessments of the codes of editions."""

from sqlalchemy import Column, Date, ForeignKey, Uuid

from services.actions.classification.schemes.tables import scheme
from shared.database.tables import document, table, text

scheme_state = table(
    "action_scheme_state",
    Column("scheme_id", Uuid, ForeignKey(scheme.c.id), primary_key=True),
    text("assessment"),
    Column("published_on", Date, nullable=False),
    document("source"),
    document("states"),
)
