"""Meetings over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.meetings import operations, schemas
from services.actions.governments.meetings.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.MEETINGS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Meeting,
    create_body=schemas.MeetingCreate,
    body=schemas.MeetingBody,
    present=schemas.present,
    create=operations.create,
    update=operations.update,
).routes()
