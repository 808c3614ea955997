"""Actions. `country` and `visibility` are the programme's, so one policy serves both tables."""

from services.actions.actions.record import Action
from shared.records.columns import table_of

action = table_of(Action, "action_action")
