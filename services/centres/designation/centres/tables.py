"""Centres, their terms, and the stages of their files."""

from sqlalchemy import Column, Integer, Uuid

from services.centres.designation.centres.record import Centre, Term
from shared.database.tables import instant, table, text
from shared.records.columns import table_of

centre = table_of(Centre, "centre_centre")
term = table_of(Term, "centre_term")
stage = table(
    "centre_stage",
    Column("id", Uuid, primary_key=True),
    Column("centre_id", Uuid, nullable=False),
    text("country"),
    text("visibility"),
    Column("version", Integer, nullable=True),
    text("stage"),
    text("holder", nullable=True),
    instant("entered_at"),
    instant("left_at", nullable=True),
    instant("target_at", nullable=True),
)
"""The time for which one holder has had the file of a centre in one state, with the country and visibility of the
centre. `version` is that of the centre after the step; null where the file changed hands without one. The present row
has no `left_at`."""
