"""Endorsements."""

from services.actions.governments.endorsements.record import Endorsement
from shared.records.columns import table_of

endorsement = table_of(Endorsement, "action_endorsement")
