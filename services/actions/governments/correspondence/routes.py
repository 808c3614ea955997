"""Letters over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.governments.correspondence import operations, schemas
from services.actions.governments.correspondence.queries import LISTING
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.LETTERS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Correspondence,
    create_body=schemas.LetterCreate,
    body=schemas.LetterBody,
    present=schemas.present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=schemas.LetterFields,
).routes()
