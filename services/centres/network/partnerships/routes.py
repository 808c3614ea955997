"""Partnerships over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.network.partnerships import operations
from services.centres.network.partnerships.guards import with_both_sides
from services.centres.network.partnerships.queries import LISTING
from services.centres.network.partnerships.schemas import Partnership, PartnershipBody, columns, present, written
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

for _side in ("centre", "institution", "network"):
    register_constraint(
        f"centre_partnership_{_side}_key", "/partner", "The two have a living partnership of this kind already."
    )


router = record_routes(
    RecordApi(
        kind=operations.PARTNERSHIPS,
        roles=ROLES,
        listing=LISTING,
        response_model=Partnership,
        present=present,
        bodies=Bodies(PartnershipBody, columns=columns, written=written),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, may=operations.may_take),
        is_public=True,
        dependency=with_both_sides,
    )
)
