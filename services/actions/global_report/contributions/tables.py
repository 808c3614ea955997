"""Contributions."""

from services.actions.global_report.contributions.record import Contribution
from shared.records.columns import table_of

contribution = table_of(Contribution, "action_contribution")
