"""Invitations to review centres."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as sql_table

from services.centres.designation.reviewers.record import Reviewer
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

reviewer = table_of(Reviewer, "centre_reviewer")
review = sql_table("centre_review", *(column(name, Uuid) for name in ("centre_id", "reviewer_id")), schema=SCHEMA)
"""The columns of a review that say who has reviewed which centre."""
