"""Reading milestones."""

from sqlalchemy import and_, func
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.queries import tag_filters
from services.actions.plan.milestones import domain
from services.actions.plan.milestones.record import Milestone
from services.actions.plan.milestones.tables import milestone
from shared.records.access_scope import constant
from shared.records.listing import Filter, truth
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing

_OPEN = [constant(status) for status in sorted(domain.OPEN)]


def _is_overdue(bound: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(milestone.c.status.in_(_OPEN), milestone.c.due < func.current_date()) == bound


NEXT_STEPS = NextSteps("actions.milestones", milestone, (NextStep("claimed", "verify"),))
LISTING = listing(
    Milestone,
    milestone,
    domain.LIFECYCLE.states,
    by_itself(milestone, domain.PUBLISHED),
    Filter("overdue", "true or false", truth, _is_overdue),
    *tag_filters(milestone.c.id, "codes"),
    NEXT_STEPS.holder,
)
