"""Participations."""

from services.membership.events.participations.record import Participation
from shared.records.columns import table_of

participation = table_of(Participation, "member_participation")
