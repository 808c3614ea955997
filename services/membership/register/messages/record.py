"""What is stored of a message on the file of an expert."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records import message
from shared.records.record import Public, Refers


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(message.Message):
    """A message on the file of an expert."""

    resource_type = Resource("membership", "messages", "message")
    scope_column = "expert_id"
    whole = Resource("membership", "experts", "expert")

    expert_id: Annotated[UUID, Public, Refers("/membership/v1/experts"), "The expert on whose file the message is."]
