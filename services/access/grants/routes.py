"""Grants over HTTP. A grant is not edited: it is revoked, and another one is created."""

from services.access.access import ROLES
from services.access.grants import operations
from services.access.grants.guards import with_own_grants
from services.access.grants.queries import LISTING
from services.access.grants.schemas import GrantAnswer, GrantCreate, GrantFields, present
from shared.web.records import RecordApi

GRANT_API = RecordApi(
    kind=operations.GRANTS,
    roles=ROLES,
    listing=LISTING,
    response_model=GrantAnswer,
    create_body=GrantCreate,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    columns=GrantCreate.columns,
    transition=operations.transition,
    fields=GrantFields,
    reads_fields=False,
    dependency=with_own_grants,
)
router = GRANT_API.routes()
