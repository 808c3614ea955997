"""Delegations."""

from services.actions.delegations.record import Delegation
from shared.records.columns import table_of

delegation = table_of(Delegation, "action_delegation")
