"""Contributions, and the columns of their versions that decide about transitions."""

from sqlalchemy import Integer, Text, Uuid, column
from sqlalchemy import table as sql_table

from services.actions.global_report.contributions.record import Contribution
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

contribution = table_of(Contribution, "action_contribution")
version = sql_table(
    "action_version",
    column("contribution_id", Uuid),
    column("number", Integer),
    column("language", Text),
    schema=SCHEMA,
)
