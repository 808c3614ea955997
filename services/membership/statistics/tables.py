"""The gender balance as it is published: nothing in it is finer than what everybody may know."""

from sqlalchemy import Column, Date, Integer

from shared.database.tables import table, text

gender_balance = table(
    "member_gender_balance",
    text("place"),
    Column("day", Date, nullable=False),
    Column("whole", Integer, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("women", "men", "other")),
)
"""`place` is a country, the name of a region, or empty for all together. `whole` is how many experts were published on
that day, whatever they declared; 0 stands for a number that is not published."""
