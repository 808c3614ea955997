"""Meetings of committees over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.committees.committee_meetings import operations
from services.centres.committees.committee_meetings.queries import LISTING
from services.centres.committees.committee_meetings.schemas import CommitteeMeeting, CommitteeMeetingBody, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.MEETINGS,
        roles=ROLES,
        listing=LISTING,
        response_model=CommitteeMeeting,
        present=present,
        bodies=Bodies(CommitteeMeetingBody),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context),
    )
)
