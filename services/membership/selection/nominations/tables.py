"""Nominations, and the columns of scores that decide about a selection."""

from sqlalchemy import Uuid, column
from sqlalchemy import table as sql_table

from services.membership.selection.nominations.record import Nomination
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

nomination = table_of(Nomination, "member_nomination")
score = sql_table("member_score", *(column(name, Uuid) for name in ("nomination_id", "expert_id")), schema=SCHEMA)
