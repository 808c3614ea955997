"""Meetings over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.meetings import operations, schemas
from services.actions.meetings.queries import LISTING
from services.actions.meetings.tables import meeting
from shared.web.records import RecordApi
from shared.web.values import written

router = RecordApi(
    kind=operations.MEETINGS,
    roles=ROLES,
    listing=LISTING,
    answer=schemas.Meeting,
    create_body=schemas.MeetingCreate,
    body=schemas.MeetingBody,
    present=schemas.present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    written=written(meeting, schemas.MeetingBody.model_fields),
).routes()
