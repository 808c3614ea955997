"""Frameworks."""

from services.actions.plan.frameworks.record import Framework
from shared.records.columns import table_of

framework = table_of(Framework, "action_framework")
