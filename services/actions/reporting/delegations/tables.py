"""Delegations."""

from services.actions.reporting.delegations.record import Delegation
from shared.records.columns import table_of

delegation = table_of(Delegation, "action_delegation")
