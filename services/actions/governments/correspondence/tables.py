"""Letters."""

from services.actions.governments.correspondence.record import Letter
from shared.records.columns import table_of

correspondence = table_of(Letter, "action_correspondence")
