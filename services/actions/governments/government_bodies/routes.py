"""Government bodies over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.government_bodies import operations, schemas
from services.actions.governments.government_bodies.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.GOVERNMENT_BODIES,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.GovernmentBody,
    create_body=schemas.BodyCreate,
    body=schemas.BodyBody,
    present=schemas.present,
    create=operations.create,
    update=operations.update,
).routes()
