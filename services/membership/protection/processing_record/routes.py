"""The record of processing over HTTP."""

from fastapi import Response

from services.membership.access import ROLES
from services.membership.protection.processing_record.document import document
from services.membership.protection.processing_record.schemas import ProcessingRecord
from shared.kernel.principal import READ
from shared.kernel.resource import Resource
from shared.records.requirements import require
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

router = ResourceRouter(Resource("membership", "processing_record", "processing_record"), ROLES)


@router.get("", responses={200: {"model": ProcessingRecord}})
async def get_processing_record(ctx: CurrentContext) -> Response:
    """Read the record of processing activities.

    What every service stores about people, why, for whom and how long (Art. 30 GDPR), made from the catalogues of
    personal data, the role tables, the grants of clients and the retention rules.
    """
    require(ctx.access, READ, None)
    async with ctx.connection() as connection:
        return document_response(ctx, await document(connection))
