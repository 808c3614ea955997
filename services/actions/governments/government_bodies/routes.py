"""Government bodies over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.government_bodies import operations, schemas
from services.actions.governments.government_bodies.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi

router = record_routes(
    RecordApi(
        kind=operations.GOVERNMENT_BODIES,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.GovernmentBody,
        present=schemas.present,
        bodies=Bodies(schemas.BodyBody, creation=schemas.BodyCreate),
        create=operations.create,
        update=operations.update,
    )
)
