"""Calls, and the columns of nominations that decide about their transitions."""

from sqlalchemy import Text, Uuid, column
from sqlalchemy import table as sql_table

from services.membership.selection.calls.record import Call
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

call = table_of(Call, "member_call")
nomination = sql_table(
    "member_nomination", column("id", Uuid), column("call_id", Uuid), column("status", Text), schema=SCHEMA
)
