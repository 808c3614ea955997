"""Experts over HTTP: the routes of every record, from this description."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.membership.access import ROLES
from services.membership.duplicates.operations import told_of_expert
from services.membership.experts import operations
from services.membership.experts.domain import PUBLISHED
from services.membership.experts.queries import LISTING
from services.membership.experts.schemas import Expert, ExpertBody, ExpertCreate, ExpertFields, present
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi


async def _create(uow: UnitOfWork, access: AccessScope, body: ExpertCreate) -> Row:
    return await operations.create(uow, access, body.model_dump(exclude={"invite"}, mode="json"), invite=body.invite)


async def _update(uow: UnitOfWork, access: AccessScope, row: Row, body: ExpertBody) -> Row:
    return await operations.update(uow, access, row, body.model_dump(mode="json"))


async def _entered(uow: UnitOfWork, access: AccessScope, row: Row) -> dict[str, Any]:
    told = await told_of_expert(uow, access, row, PUBLISHED)
    return {"duplicates": told} if told else {}


def _concerned(row: Mapping[str, Any]) -> frozenset[UUID]:
    return frozenset((row["account_id"],)) if row["account_id"] else frozenset()


EXPERT_API = RecordApi(
    kind=operations.EXPERTS,
    roles=ROLES,
    listing=LISTING,
    answer=Expert,
    create_body=ExpertCreate,
    body=ExpertBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=_create,
    update=_update,
    transition=operations.transition,
    fields=ExpertFields,
    reads_fields=False,
    written=operations.written,
    embedded=("affiliations",),
    fresh={"affiliations": "[]"},
    entered=_entered,
    concerns=_concerned,
    is_public=True,
)
router = EXPERT_API.routes()
