"""Writing messages on the files of centres."""

from services.centres.questions.messages.record import Message
from services.centres.questions.messages.tables import message
from shared.records.conversations import LIFECYCLE, Conversation, internal_messages
from shared.records.resource_type import ResourceType

MESSAGES: ResourceType[Message, None] = ResourceType.of(Message, message, LIFECYCLE)
INTERNAL_MESSAGES = internal_messages(MESSAGES)
CONVERSATION = Conversation(MESSAGES, INTERNAL_MESSAGES)
