"""Meetings over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.meetings import operations, schemas
from services.actions.governments.meetings.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi

router = record_routes(
    RecordApi(
        kind=operations.MEETINGS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Meeting,
        present=schemas.present,
        bodies=Bodies(schemas.MeetingBody, creation=schemas.MeetingCreate),
        create=operations.create,
        update=operations.update,
    )
)
