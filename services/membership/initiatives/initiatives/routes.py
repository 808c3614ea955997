"""Initiatives over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.initiatives.initiatives import operations
from services.membership.initiatives.initiatives.guards import with_own_initiatives
from services.membership.initiatives.initiatives.queries import LISTING
from services.membership.initiatives.initiatives.schemas import Initiative, InitiativeBody, present
from shared.web.records.records import RecordApi

INITIATIVE_API = RecordApi(
    kind=operations.INITIATIVES,
    roles=ROLES,
    listing=LISTING,
    response_model=Initiative,
    body=InitiativeBody,
    present=present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    dependency=with_own_initiatives,
    is_public=True,
)
router = INITIATIVE_API.routes()
