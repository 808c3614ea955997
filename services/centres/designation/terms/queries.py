"""Reading terms: whoever may know of the centre may know of its terms."""

from typing import Any

from sqlalchemy import Select, select

from services.centres.designation.centres.designation import TERM_STATES
from services.centres.designation.centres.domain import PUBLISHED
from services.centres.designation.centres.record import Term
from services.centres.designation.centres.tables import centre, term
from services.centres.evaluation.evaluations.queries import is_condition_overdue
from shared.records.access_scope import AccessKind
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import listing, with_parent


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The application filter: terms of centres that a caller of this variant may know of."""
    return select(term).where(with_parent(centre, term.c.centre_id, access_kind, PUBLISHED))


NEXT_STEPS = NextSteps(
    "centres.terms",
    term,
    (NextStep("current", "meet_condition", only=is_condition_overdue(term.c.conditions)),),
    term.c.centre_id,
)
LISTING = listing(Term, term, TERM_STATES, visible_to, NEXT_STEPS.holder)
