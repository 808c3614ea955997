"""Editions over HTTP: the routes of every record, from this description."""

from typing import Any

from services.actions.access import ROLES
from services.actions.global_report.editions import operations, queries, schemas
from services.actions.global_report.editions.queries import LISTING
from shared.database.statements import Row
from shared.records.access_scope import AccessScope
from shared.web.records.records import Bodies, Items, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import RequestContext

register_constraint("action_edition_number_key", "/number", "There is an edition of this year and number.")


async def _members(ctx: RequestContext, access: AccessScope, row: Row) -> dict[str, Any]:
    """How far the contributions are, for who has a grant over the edition."""
    if not access.sees_all_fields(None, row["id"]):
        return {"progress": None}
    async with ctx.connection() as connection:
        return {"progress": await queries.states_of(connection, row["id"])}


EDITION_API = RecordApi(
    kind=operations.EDITIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=schemas.Edition,
    present=schemas.present,
    bodies=Bodies(schemas.EditionBody, creation=schemas.EditionCreate),
    create=operations.create,
    update=operations.update,
    items=Items(members=_members),
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.EditionFields),
    is_public=True,
)
"""Without what the figures of an edition add: how it is frozen and thawed."""
