"""Rounds of review, and the columns of comments that decide about their end."""

from sqlalchemy import Text, Uuid, column
from sqlalchemy import table as sql_table

from services.actions.global_report.review.rounds.record import ReviewRound
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

review_round = table_of(ReviewRound, "action_review_round")
comment = sql_table("action_comment", column("round_id", Uuid), column("status", Text), schema=SCHEMA)
