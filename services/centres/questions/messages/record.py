"""What is stored of a message on the file of a centre."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records import message
from shared.records.record import Public, Refers


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(message.Message):
    """A message on the file of a centre."""

    resource_type = Resource("centres", "messages", "message")
    scope_column = "centre_id"
    whole = Resource("centres", "centres", "centre")

    centre_id: Annotated[UUID, Public, Refers("/centres/v1/centres"), "The centre on whose file the message is."]
