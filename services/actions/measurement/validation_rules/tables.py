"""Validation rules."""

from services.actions.measurement.validation_rules.record import ValidationRule
from shared.records.columns import table_of

validation_rule = table_of(ValidationRule, "action_validation_rule")
