"""Actions. `country` and `visibility` are the programme's: one policy serves both."""

from services.actions.actions.record import Action
from shared.records.columns import table_of

action = table_of(Action, "action_action")
