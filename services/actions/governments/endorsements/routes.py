"""Endorsements over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.endorsements import operations, schemas
from services.actions.governments.endorsements.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.ENDORSEMENTS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Endorsement,
        present=schemas.present,
        bodies=Bodies(schemas.EndorsementBody, creation=schemas.EndorsementCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.EndorsementFields),
    )
)
