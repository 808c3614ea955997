"""Messages on the files of centres."""

from services.centres.questions.messages.record import Message
from shared.records.columns import table_of

message = table_of(Message, "centre_message")
