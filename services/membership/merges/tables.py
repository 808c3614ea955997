"""Merges, and what each of them changed."""

from sqlalchemy import Column, Integer, LargeBinary, Uuid

from shared.database.tables import document, table, text
from shared.records.columns import record_table

merge = record_table(
    "member_merge",
    text("resource"),
    Column("winner_id", Uuid, nullable=False),
    Column("winner_version", Integer, nullable=False),
    Column("loser_id", Uuid, nullable=False),
    text("loser_country"),
    document("choices"),
    document("moved"),
)
"""`country` is the winner's and `loser_country` the loser's, when they were merged. `winner_version` is the one that
the merge made: of two merges into one winner it tells the later. `moved` counts what went to the winner."""

part = table(
    "member_merge_part",
    Column("id", Uuid, primary_key=True),
    Column("merge_id", Uuid, nullable=False),
    text("part"),
    Column("record_id", Uuid, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("detail_key", Uuid, nullable=True),
)
"""What an undo needs, one row for each field of the winner that was changed (`field`), each affiliation that was moved
or, being the same as one of the winner's, taken away (`moved`, `united`), and each identity of imports."""
