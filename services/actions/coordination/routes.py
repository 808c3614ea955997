"""Endorsements and letters over HTTP."""

from services.actions.access import ROLES
from services.actions.coordination import operations, queries, schemas
from services.actions.coordination.tables import correspondence, endorsement
from shared.web.records import RecordApi
from shared.web.values import written

endorsements = RecordApi(
    kind=operations.ENDORSEMENTS,
    roles=ROLES,
    listing=queries.ENDORSEMENTS,
    answer=schemas.Endorsement,
    create_body=schemas.EndorsementCreate,
    body=schemas.EndorsementBody,
    present=schemas.present_endorsement,
    guard_context=operations.load_endorsement_guard_context,
    create=operations.create_endorsement,
    update=operations.update_endorsement,
    transition=operations.transition_endorsement,
    fields=schemas.EndorsementFields,
    written=written(endorsement, schemas.EndorsementBody.model_fields),
).routes()

letters = RecordApi(
    kind=operations.LETTERS,
    roles=ROLES,
    listing=queries.LETTERS,
    answer=schemas.Correspondence,
    create_body=schemas.LetterCreate,
    body=schemas.LetterBody,
    present=schemas.present_letter,
    create=operations.create_letter,
    update=operations.update_letter,
    transition=operations.transition_letter,
    fields=schemas.LetterFields,
    written=written(correspondence, schemas.LetterBody.model_fields),
).routes()
