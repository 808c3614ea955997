"""Reading meetings."""

from services.actions.governments.meetings import domain
from services.actions.governments.meetings.record import Meeting
from services.actions.governments.meetings.tables import meeting
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing

LISTING = listing(
    Meeting,
    meeting,
    domain.LIFECYCLE.states,
    by_itself(meeting, domain.PUBLISHED),
    values("kind", meeting.c.kind, "Kinds, separated by commas", one_of(domain.MEETING_KINDS)),
)
