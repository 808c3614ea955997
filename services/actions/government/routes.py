"""Government bodies, focal points and meetings over HTTP."""

from services.actions.access import ROLES
from services.actions.government import operations, queries, schemas
from shared.web.records import RecordApi
from shared.web.values import written

bodies = RecordApi(
    kind=operations.BODIES,
    roles=ROLES,
    listing=queries.BODIES,
    answer=schemas.GovernmentBody,
    create_body=schemas.BodyCreate,
    body=schemas.BodyBody,
    present=schemas.present_body,
    create=operations.create_body,
    update=operations.update_body,
    transition=operations.transition_body,
    written=written(operations.BODIES.table, schemas.BodyBody.model_fields),
).routes()

focal_points = RecordApi(
    kind=operations.FOCAL_POINTS,
    roles=ROLES,
    listing=queries.FOCAL_POINTS,
    answer=schemas.FocalPoint,
    create_body=schemas.FocalPointCreate,
    body=schemas.FocalPointBody,
    present=schemas.present_focal_point,
    create=operations.create_focal_point,
    update=operations.update_focal_point,
    transition=operations.transition_focal_point,
    columns=schemas.focal_point_columns,
    fields=schemas.FocalPointFields,
    written=written(operations.FOCAL_POINTS.table, schemas.FocalPointBody.model_fields),
).routes()

meetings = RecordApi(
    kind=operations.MEETINGS,
    roles=ROLES,
    listing=queries.MEETINGS,
    answer=schemas.Meeting,
    create_body=schemas.MeetingCreate,
    body=schemas.MeetingBody,
    present=schemas.present_meeting,
    create=operations.create_meeting,
    update=operations.update_meeting,
    transition=operations.transition_meeting,
    written=written(operations.MEETINGS.table, schemas.MeetingBody.model_fields),
).routes()
