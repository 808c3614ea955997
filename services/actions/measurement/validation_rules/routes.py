"""Validation rules over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.measurement.validation_rules import operations
from services.actions.measurement.validation_rules.queries import LISTING
from services.actions.measurement.validation_rules.schemas import (
    ValidationRule,
    ValidationRuleBody,
    ValidationRuleCreate,
    present,
)
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("action_validation_rule_code_key", "/code", "There is a rule of this code.")
router = record_routes(
    RecordApi(
        kind=operations.VALIDATION_RULES,
        roles=ROLES,
        listing=LISTING,
        response_model=ValidationRule,
        present=present,
        bodies=Bodies(ValidationRuleBody, creation=ValidationRuleCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition),
    )
)
