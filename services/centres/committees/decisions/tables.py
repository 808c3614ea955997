"""Decisions of committees."""

from services.centres.committees.decisions.record import Decision
from shared.records.columns import table_of

decision = table_of(Decision, "centre_decision")
