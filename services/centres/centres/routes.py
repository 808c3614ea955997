"""Centres over HTTP: the description of their routes. The register adds the forms in which it shows a centre."""

from services.centres.access import ROLES
from services.centres.centres import operations
from services.centres.centres.guards import with_own_applications
from services.centres.centres.queries import LISTING
from services.centres.centres.schemas import Centre, CentreBody, CentreFields, present
from shared.web.records import RecordApi

CENTRE_API = RecordApi(
    kind=operations.CENTRES,
    roles=ROLES,
    listing=LISTING,
    response_model=Centre,
    body=CentreBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=CentreFields,
    dependency=with_own_applications,
    is_public=True,
)
