"""The stage of each country that has one, and the view of another service that provides the counts."""

from sqlalchemy import Column, Date, Integer, SmallInteger, Text, Uuid

from shared.database.tables import document, instant, table, text

country_stage = table(
    "action_country_stage",
    Column("country", Text, primary_key=True),
    Column("id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    text("visibility"),
    Column("stage", SmallInteger, nullable=False),
    document("facts"),
    instant("updated_at"),
)
"""`facts` are the seven in order: `{"key", "met", "date", "link"}`. Version 0: the facts have not been computed."""

country_fact = table(
    "action_country_fact",
    Column("id", Uuid, primary_key=True),
    text("country"),
    text("visibility"),
    text("key"),
    text("link"),
    Column("day", Date, nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=True),
)
"""The periods in which facts were met: from `starts` until the day before `ends`, if they have ended. Rows are not
deleted."""
