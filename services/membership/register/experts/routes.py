"""Experts over HTTP: the routes of every record, from this description."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.membership.access import ROLES
from services.membership.register.duplicates.operations import duplicates_of_expert
from services.membership.register.experts import operations, record
from services.membership.register.experts.card import card
from services.membership.register.experts.domain import PUBLISHED
from services.membership.register.experts.owners import own_merge_target
from services.membership.register.experts.queries import LISTING
from services.membership.register.experts.schemas import (
    Expert,
    ExpertBody,
    ExpertCreate,
    ExpertFields,
    columns,
    present,
    written,
)
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope, by_applicant
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, Created, Items, RecordApi, Steps
from shared.web.request.request_context import RequestContext
from shared.web.request.responses import LINKED_DATA


async def _create(uow: UnitOfWork, access: AccessScope, new: record.Expert) -> Created[record.Expert]:
    inserted = await operations.create(uow, access, new)
    duplicates = await duplicates_of_expert(uow, access, inserted.record, inserted.found or (), PUBLISHED)
    extra = {"duplicates": duplicates} if duplicates else {}
    return Created(inserted.record, extra, {**inserted.row, "affiliations": "[]"})


def _concerned(row: Mapping[str, Any]) -> frozenset[UUID]:
    return frozenset((row["account_id"],)) if row["account_id"] else frozenset()


async def _own_merge_target(ctx: RequestContext, key: UUID | str) -> UUID | None:
    async with ctx.connection() as connection:
        return await own_merge_target(connection, ctx.access_on(operations.EXPERTS.resource), key)


EXPERT_API = RecordApi(
    kind=operations.EXPERTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Expert,
    present=present,
    bodies=Bodies(ExpertBody, creation=ExpertCreate, columns=columns, written=written, own=by_applicant),
    create=_create,
    update=operations.update,
    steps=Steps(
        operations.transition,
        guards=operations.load_guard_context,
        fields=ExpertFields,
        reads_fields=False,
        concerns=_concerned,
    ),
    items=Items(forms={LINKED_DATA: card}, raw_json_columns=("affiliations",), own_merge_target=_own_merge_target),
    is_public=True,
)
router = record_routes(EXPERT_API)
