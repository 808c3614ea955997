"""Letters over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.correspondence import operations, schemas
from services.actions.governments.correspondence.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.LETTERS,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Correspondence,
        present=schemas.present,
        bodies=Bodies(schemas.LetterBody, creation=schemas.LetterCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, fields=schemas.LetterFields),
    )
)
