"""Milestones. `country` and `visibility` are the programme's, so one policy serves both tables."""

from services.actions.plan.milestones.record import Milestone
from shared.records.columns import table_of

milestone = table_of(Milestone, "action_milestone")
