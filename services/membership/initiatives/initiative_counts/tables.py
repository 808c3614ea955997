"""The organisations of an initiative at the end of each day."""

from sqlalchemy import Column, Date, Integer, Uuid

from shared.database.tables import table

initiative_day = table(
    "member_initiative_day",
    Column("initiative_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("organisations", Integer, nullable=False),
    Column("organisations_unmatched", Integer, nullable=False),
)
"""Matches of later days do not change the figures of a day."""
