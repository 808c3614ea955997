"""Reading networks."""

from services.centres.network.networks.domain import LIFECYCLE, PUBLISHED
from services.centres.network.networks.record import Network
from services.centres.network.networks.tables import network
from shared.records.filters import values
from shared.records.plain import by_itself, listing

LISTING = listing(
    Network,
    network,
    LIFECYCLE.states,
    by_itself(network, PUBLISHED),
    values("code", network.c.code, "Codes, separated by commas"),
)
