"""Targets."""

from services.actions.targets.record import Target
from shared.records.columns import table_of

target = table_of(Target, "action_target")
