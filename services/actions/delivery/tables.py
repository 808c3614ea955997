"""Actions and their milestones. `country` and `visibility` are the programme's: one policy serves all three."""

from services.actions.delivery.record import Action, Milestone
from shared.records.columns import table_of

action = table_of(Action, "action_action")
milestone = table_of(Milestone, "action_milestone")
