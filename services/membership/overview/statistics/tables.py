"""The gender balance as published: it contains nothing finer than what is public."""

from sqlalchemy import Column, Date, Integer

from shared.database.tables import table, text

gender_balance = table(
    "member_gender_balance",
    text("place"),
    Column("day", Date, nullable=False),
    Column("whole", Integer, nullable=False),
    *(Column(name, Integer, nullable=False) for name in ("women", "men", "other")),
)
"""`place` is a country, the name of a region, or empty for all together. `whole` is the number of published experts on
that day, whatever they declared; 0 means a number that is not published."""
