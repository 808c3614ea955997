"""What centres had before changes."""

from sqlalchemy import Column, Date, Uuid

from shared.database.tables import document, instant, table, text

tenure = table(
    "centre_tenure",
    Column("id", Uuid, primary_key=True),
    Column("centre_id", Uuid, nullable=False),
    text("country"),
    text("visibility"),
    text("changed"),
    document("names", nullable=True),
    text("unit", nullable=True),
    Column("director_id", Uuid, nullable=True),
    Column("host_institution_id", Uuid, nullable=True),
    text("address", nullable=True),
    document("position", nullable=True),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("replaced_on", Date, nullable=False),
    document("document", nullable=True),
    instant("recorded_at"),
)
"""A value that a centre had, its first and its last day. `changed` is the name of what changed, whose columns have the
value. `replaced_on` is the day from which the next value counts, `document` the decision about it."""
