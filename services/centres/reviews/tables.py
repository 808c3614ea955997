"""Reviews of applications."""

from sqlalchemy import Boolean, Column, Uuid

from shared.database.tables import document, text
from shared.records.columns import record_table

review = record_table(
    "centre_review",
    Column("centre_id", Uuid, nullable=False),
    Column("reviewer_id", Uuid, nullable=False),
    document("scores"),
    text("recommendation"),
    Column("conflict_of_interest", Boolean, nullable=False),
    text("comment", nullable=True),
)
"""`country` is the centre's; reviews are never published."""
