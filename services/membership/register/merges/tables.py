"""Merges, and what each of them changed."""

from sqlalchemy import Column, LargeBinary, Uuid

from services.membership.register.merges.record import Merge
from shared.database.tables import table, text
from shared.records.columns import table_of

merge = table_of(Merge, "member_merge")

part = table(
    "member_merge_part",
    Column("id", Uuid, primary_key=True),
    Column("merge_id", Uuid, nullable=False),
    text("part"),
    Column("record_id", Uuid, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("detail_key", Uuid, nullable=True),
)
"""The inputs of an undo, one row for each field of the winner that was changed (`field`), each affiliation that was
moved or, being equal to one of the winner's, deleted (`moved`, `united`), and each import identity."""
