"""Results, and their stored states by the rules that validate them."""

from sqlalchemy import Column, Uuid

from services.actions.measurement.results.record import Result
from shared.database.tables import table, text
from shared.records.columns import table_of

result = table_of(Result, "action_result")
validation_state = table(
    "action_result_validation",
    Column("result_id", Uuid, primary_key=True),
    text("country"),
    Column("centre_id", Uuid),
    text("state"),
)
