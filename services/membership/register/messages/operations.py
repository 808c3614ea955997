"""Writing messages on the files of experts."""

from services.membership.register.messages.record import Message
from services.membership.register.messages.tables import message
from shared.records.conversations import LIFECYCLE, Conversation, internal_messages
from shared.records.resource_type import ResourceType

MESSAGES: ResourceType[Message, None] = ResourceType.of(Message, message, LIFECYCLE, is_personal=True)
INTERNAL_MESSAGES = internal_messages(MESSAGES)
CONVERSATION = Conversation(MESSAGES, INTERNAL_MESSAGES)
