"""Initiatives over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.initiatives.initiatives import operations
from services.membership.initiatives.initiatives.guards import with_own_initiatives
from services.membership.initiatives.initiatives.queries import LISTING
from services.membership.initiatives.initiatives.schemas import Initiative, InitiativeBody, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

INITIATIVE_API = RecordApi(
    kind=operations.INITIATIVES,
    roles=ROLES,
    listing=LISTING,
    response_model=Initiative,
    present=present,
    bodies=Bodies(InitiativeBody),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition),
    is_public=True,
    dependency=with_own_initiatives,
)
router = record_routes(INITIATIVE_API)
