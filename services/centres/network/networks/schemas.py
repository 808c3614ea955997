"""What goes over HTTP for networks."""

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from services.centres.network.networks import record
from services.centres.network.networks.domain import LIFECYCLE
from services.centres.network.networks.tables import network
from shared.records.plain import presenter
from shared.web.contract.schemas import RecordBody, RecordResponse

_EXAMPLE = "PEATLANDS"
NetworkCode: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$"), Field(examples=[_EXAMPLE])
]


class NetworkBody(RecordBody, of=record.Network):
    """A network as it is written; its code stays."""


class NetworkCreate(NetworkBody):
    """A new network."""

    code: NetworkCode


class Network(RecordResponse, of=record.Network, lifecycle=LIFECYCLE):
    """A network; its country is always null."""


present = presenter(record.Network, network)
