"""The values of published results and of their parts."""

from sqlalchemy import Column, Date, Numeric, Uuid

from shared.database.tables import instant, table, text

value = table(
    "action_value",
    Column("id", Uuid, primary_key=True),
    Column("indicator_id", Uuid, nullable=False),
    instant("valid_from"),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    text("period"),
    text("country"),
    text("region"),
    text("visibility"),
    text("key"),
    text("part"),
    instant("valid_to", nullable=True),
    Column("number", Numeric, nullable=True),
    Column("numerator", Numeric, nullable=True),
    Column("denominator", Numeric, nullable=True),
    text("code", nullable=True),
    text("missing", nullable=True),
    Column("action_id", Uuid, nullable=True),
    Column("centre_id", Uuid, nullable=True),
)
"""One row for each published result, and one for each of its parts by one dimension: `key`, with the code `part`; both
are empty for the result itself. Triggers write it. `id` is the result's; the value counts from `valid_from` until
`valid_to`. `region` is the country's, empty without one."""
