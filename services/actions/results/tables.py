"""Results."""

from services.actions.results.record import Result
from shared.records.columns import table_of

result = table_of(Result, "action_result")
