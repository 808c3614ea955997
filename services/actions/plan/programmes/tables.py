"""Country programmes."""

from services.actions.plan.programmes.record import Programme
from shared.records.columns import table_of

programme = table_of(Programme, "action_programme")
