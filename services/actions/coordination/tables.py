"""Endorsements and letters."""

from services.actions.coordination.record import Endorsement, Letter
from shared.records.columns import table_of

endorsement = table_of(Endorsement, "action_endorsement")
correspondence = table_of(Letter, "action_correspondence")
