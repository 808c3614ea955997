"""Editions, and the columns of contributions and rounds that decide about their changes."""

from sqlalchemy import Text, Uuid, column
from sqlalchemy import table as sql_table

from services.actions.global_report.editions.record import Edition
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

edition = table_of(Edition, "action_edition")
contribution = sql_table(
    "action_contribution",
    column("edition_id", Uuid),
    column("outline_key", Text),
    column("status", Text),
    schema=SCHEMA,
)
review_round = sql_table("action_review_round", column("edition_id", Uuid), column("status", Text), schema=SCHEMA)
