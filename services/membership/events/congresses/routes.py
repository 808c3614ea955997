"""Congresses over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.events.congresses import operations
from services.membership.events.congresses.queries import LISTING
from services.membership.events.congresses.schemas import Congress, CongressBody, CongressCreate, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("member_congress_code_key", "/code", "There is a congress of this code.")
router = record_routes(
    RecordApi(
        kind=operations.CONGRESSES,
        roles=ROLES,
        listing=LISTING,
        response_model=Congress,
        present=present,
        bodies=Bodies(CongressBody, creation=CongressCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context),
        is_public=True,
    )
)
