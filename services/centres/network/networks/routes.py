"""Networks over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.network.networks import operations
from services.centres.network.networks.queries import LISTING
from services.centres.network.networks.schemas import Network, NetworkBody, NetworkCreate, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("centre_network_code_key", "/code", "Another network has this code.")
router = record_routes(
    RecordApi(
        kind=operations.NETWORKS,
        roles=ROLES,
        listing=LISTING,
        response_model=Network,
        present=present,
        bodies=Bodies(NetworkBody, creation=NetworkCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition),
        is_public=True,
    )
)
