"""Editions over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.global_report.editions import operations, schemas
from services.actions.global_report.editions.queries import LISTING
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("action_edition_number_key", "/number", "There is an edition of this year and number.")
EDITION_API = RecordApi(
    kind=operations.EDITIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Edition,
    present=schemas.present,
    bodies=Bodies(schemas.EditionBody, creation=schemas.EditionCreate),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.EditionFields),
    is_public=True,
)
"""Without what the figures of an edition add: how it is frozen and thawed."""
