"""Country programmes."""

from sqlalchemy import Column, Uuid

from shared.database.tables import document, text
from shared.records.columns import day, record_table

programme = record_table(
    "action_programme",
    text("framework"),
    Column("committee_id", Uuid, nullable=True),
    Column("centre_id", Uuid, nullable=True),
    Column("lead_body_id", Uuid, nullable=True),
    document("waiver", nullable=True),
    day("started_on", nullable=True),
    day("completed_on", nullable=True),
)
