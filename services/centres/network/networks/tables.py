"""Networks of centres."""

from services.centres.network.networks.record import Network
from shared.records.columns import table_of

network = table_of(Network, "centre_network")
