"""Accounts over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.access.access import ROLES
from services.access.accounts import operations
from services.access.accounts.queries import LISTING
from services.access.accounts.schemas import AccountAnswer, AccountBody, AccountFields, present
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi
from shared.web.translation import register_constraint

register_constraint("access_account_email_key_key", "/email", "Another account has this address.")


async def _create(uow: UnitOfWork, access: AccessScope, body: AccountBody) -> Row:
    return await operations.create(uow, access, body.model_dump())


async def _update(uow: UnitOfWork, access: AccessScope, row: Row, body: AccountBody) -> Row:
    return await operations.update(uow, access, row, body.model_dump())


def _concerned(row: Mapping[str, Any]) -> frozenset[UUID]:
    return frozenset((row["id"],))


ACCOUNT_API = RecordApi(
    kind=operations.ACCOUNTS,
    roles=ROLES,
    listing=LISTING,
    answer=AccountAnswer,
    create_body=AccountBody,
    body=AccountBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=_create,
    update=_update,
    transition=operations.transition,
    fields=AccountFields,
    keeps_null=True,
    concerns=_concerned,
    proposes_changes=True,
    written=operations.written,
)
router = ACCOUNT_API.routes()
