"""Initiatives."""

from services.membership.initiatives.initiatives.record import Initiative
from shared.records.columns import table_of

initiative = table_of(Initiative, "member_initiative")
