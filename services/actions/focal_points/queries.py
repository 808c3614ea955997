"""Reading focal points."""

from services.actions.focal_points import domain
from services.actions.focal_points.record import FocalPoint
from services.actions.focal_points.tables import focal_point
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_itself, listing

NEXT_STEPS = NextSteps("actions.focal_points", focal_point, (NextStep("nominated", "accept"),))
LISTING = listing(
    FocalPoint,
    focal_point,
    domain.LIFECYCLE.states,
    by_itself(focal_point, domain.PUBLISHED),
    NEXT_STEPS.holder,
)
