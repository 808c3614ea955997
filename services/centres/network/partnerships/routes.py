"""Partnerships over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.network.partnerships import operations, record
from services.centres.network.partnerships.guards import with_both_sides
from services.centres.network.partnerships.queries import LISTING
from services.centres.network.partnerships.schemas import Partnership, PartnershipBody, columns, present, written
from shared.kernel.lifecycle import AvailableAction
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import RequestContext

for _side in ("centre", "institution", "network"):
    register_constraint(
        f"centre_partnership_{_side}_key", "/partner", "The two have a living partnership of this kind already."
    )


class PartnershipApi(RecordApi[record.Partnership, None]):
    """Partnerships are accepted by their other side."""

    async def available_actions(self, record: record.Partnership, ctx: RequestContext) -> list[AvailableAction]:
        may = operations.may_take(ctx.access_on(self.kind.resource), record)
        return self.kind.lifecycle.available_actions(record.status, None, may)


router = record_routes(
    PartnershipApi(
        kind=operations.PARTNERSHIPS,
        roles=ROLES,
        listing=LISTING,
        response_model=Partnership,
        present=present,
        bodies=Bodies(PartnershipBody, columns=columns, written=written),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition),
        is_public=True,
        dependency=with_both_sides,
    )
)
