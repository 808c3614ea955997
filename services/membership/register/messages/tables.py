"""Messages on the files of experts."""

from services.membership.register.messages.record import Message
from shared.records.columns import table_of

message = table_of(Message, "member_message")
