"""Congresses over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.events.congresses import operations
from services.membership.events.congresses.queries import LISTING
from services.membership.events.congresses.schemas import Congress, CongressBody, CongressCreate, present
from shared.web.records.records import RecordApi
from shared.web.request.error_mapping import register_constraint

register_constraint("member_congress_code_key", "/code", "There is a congress of this code.")
router = RecordApi(
    kind=operations.CONGRESSES,
    roles=ROLES,
    listing=LISTING,
    response_model=Congress,
    create_body=CongressCreate,
    body=CongressBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    is_public=True,
).routes()
