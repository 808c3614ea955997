"""The stage of each country that has one, and the views of other services that counts are made from."""

from sqlalchemy import Column, Integer, MetaData, SmallInteger, Table, Text, Uuid

from shared.database.tables import SCHEMA, document, instant, table, text

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
"""`facts` are the seven in order: `{"key", "met", "date", "link"}`. Version 0: nobody has read the facts yet."""

_published = MetaData(schema=SCHEMA)


def _view(name: str, *columns: Column[object]) -> Table:
    common = (text("status"), text("country"), text("visibility"))
    return Table(name, _published, Column("id", Uuid, primary_key=True), *common, *columns)


published_expert = _view("member_published_expert", Column("merged_into", Uuid), instant("erased_at", nullable=True))
published_institution = _view("member_published_institution", Column("merged_into", Uuid))
published_centre = _view("centre_published_centre")
