"""Targets."""

from services.actions.measurement.targets.record import Target
from shared.records.columns import table_of

target = table_of(Target, "action_target")
