"""Focal points over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.coordination.focal_points import operations, schemas
from services.actions.coordination.focal_points.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.FOCAL_POINTS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.FocalPoint,
    create_body=schemas.FocalPointCreate,
    body=schemas.FocalPointBody,
    present=schemas.present,
    create=operations.create,
    update=operations.update,
    columns=schemas.columns,
    transition=operations.transition,
    fields=schemas.FocalPointFields,
).routes()
