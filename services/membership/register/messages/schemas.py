"""What goes over HTTP for messages on the files of experts."""

from services.membership.register.messages import record
from shared.records.conversations import LIFECYCLE
from shared.web.records.conversations import MessageResponse


class ExpertMessage(MessageResponse, of=record.Message, lifecycle=LIFECYCLE):
    """A message on the file of an expert, as a caller sees it."""
