"""Contributions, and the columns of what belongs to them that decide about transitions and access."""

from sqlalchemy import Boolean, Integer, Text, Uuid, column
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.global_report.contributions.record import Contribution
from shared.database.tables import SCHEMA, Instant
from shared.records.columns import table_of

contribution = table_of(Contribution, "action_contribution")
version = sql_table(
    "action_version",
    column("contribution_id", Uuid),
    column("number", Integer),
    column("language", Text),
    column("words", Integer),
    column("created_at", Instant),
    schema=SCHEMA,
)
review_round = sql_table(
    "action_review_round",
    column("id", Uuid),
    column("status", Text),
    column("audience", Text),
    column("contributions", ARRAY(Uuid)),
    schema=SCHEMA,
)
reviewer = sql_table(
    "action_reviewer",
    column("contribution_id", Uuid),
    column("round_id", Uuid),
    column("expert_id", Uuid),
    column("status", Text),
    column("conflict_of_interest", Boolean),
    schema=SCHEMA,
)
comment = sql_table("action_comment", column("contribution_id", Uuid), column("status", Text), schema=SCHEMA)
