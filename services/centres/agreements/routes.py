"""Agreements over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.agreements import domain, operations
from services.centres.agreements.queries import LISTING
from services.centres.agreements.schemas import Agreement, AgreementBody, AgreementFields, present
from services.centres.agreements.tables import agreement
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.lifecycle import AvailableAction
from shared.records.access_scope import AccessScope
from shared.records.resource_type import permitted
from shared.web.records import RecordApi
from shared.web.request_context import RequestContext
from shared.web.values import row_values, written


class AgreementApi(RecordApi[domain.AgreementGuardContext]):
    """Agreements offer where the next signature really leads."""

    async def available_actions(self, row: Row, ctx: RequestContext) -> list[AvailableAction]:
        may = permitted(ctx.access_on(self.kind.resource), row)
        return operations.lifecycle_of(row).available_actions(row["status"], domain.AgreementGuardContext(), may)


async def _create(uow: UnitOfWork, access: AccessScope, body: AgreementBody) -> Row:
    return await operations.create(uow, access, row_values(body, agreement))


async def _update(uow: UnitOfWork, access: AccessScope, row: Row, body: AgreementBody) -> Row:
    return await operations.update(uow, access, row, row_values(body, agreement))


router = AgreementApi(
    kind=operations.AGREEMENTS,
    roles=ROLES,
    listing=LISTING,
    answer=Agreement,
    create_body=AgreementBody,
    body=AgreementBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=_create,
    update=_update,
    transition=operations.transition,
    fields=AgreementFields,
    written=written(agreement, AgreementBody.model_fields),
).routes()
