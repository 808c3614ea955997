"""Focal points over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.coordination.focal_points import operations, schemas
from services.actions.coordination.focal_points.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.FOCAL_POINTS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.FocalPoint,
        present=schemas.present,
        bodies=Bodies(schemas.FocalPointBody, creation=schemas.FocalPointCreate, columns=schemas.columns),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, fields=schemas.FocalPointFields),
    )
)
