"""Government bodies."""

from services.actions.governments.government_bodies.record import GovernmentBody
from shared.records.columns import table_of

government_body = table_of(GovernmentBody, "action_government_body")
