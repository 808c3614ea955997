"""Reading decisions of committees, for grants that cover the country or the committee."""

from services.centres.committees.decisions.domain import LIFECYCLE
from services.centres.committees.decisions.record import Decision
from services.centres.committees.decisions.tables import decision
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_whole, listing

NEXT_STEPS = NextSteps("centres.decisions", decision, (NextStep("draft", "adopt"),), decision.c.committee_id)
LISTING = listing(Decision, decision, LIFECYCLE.states, by_whole(decision, decision.c.committee_id), NEXT_STEPS.holder)
