"""Indicators."""

from services.actions.measurement.indicators.record import Indicator
from shared.records.columns import table_of

indicator = table_of(Indicator, "action_indicator")
