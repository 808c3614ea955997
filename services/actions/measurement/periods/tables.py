"""Periods, and their extensions for single countries."""

from sqlalchemy import Column, Date, Uuid

from services.actions.measurement.periods.record import Period
from shared.database.tables import instant, table, text
from shared.records.columns import table_of

period = table_of(Period, "action_period")
extension = table(
    "action_extension",
    Column("period_id", Uuid, primary_key=True),
    text("country"),
    text("visibility"),
    Column("until", Date, nullable=False),
    text("reason"),
    instant("created_at"),
    text("created_by"),
)
