"""Meetings of committees over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.committees.committee_meetings import operations
from services.centres.committees.committee_meetings.queries import LISTING
from services.centres.committees.committee_meetings.schemas import CommitteeMeeting, CommitteeMeetingBody, present
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.MEETINGS,
    roles=ROLES,
    listing=LISTING,
    response_model=CommitteeMeeting,
    body=CommitteeMeetingBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
).routes()
