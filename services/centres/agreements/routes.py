"""Agreements over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.agreements import operations, record
from services.centres.agreements.queries import LISTING
from services.centres.agreements.schemas import Agreement, AgreementBody, AgreementFields, present
from shared.kernel.lifecycle import AvailableAction
from shared.records.resource_type import permitted
from shared.web.records import RecordApi
from shared.web.request_context import RequestContext


class AgreementApi(RecordApi[record.Agreement, None]):
    """Agreements offer where the next signature really leads."""

    async def available_actions(self, record: record.Agreement, ctx: RequestContext) -> list[AvailableAction]:
        may = permitted(ctx.access_on(self.kind.resource), record)
        return operations.lifecycle_of(record).available_actions(record.status, None, may)


router = AgreementApi(
    kind=operations.AGREEMENTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Agreement,
    body=AgreementBody,
    present=present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
    fields=AgreementFields,
).routes()
