"""What goes over HTTP for messages on the files of centres."""

from services.centres.questions.messages import record
from shared.records.conversations import LIFECYCLE
from shared.web.records.conversations import MessageResponse


class CentreMessage(MessageResponse, of=record.Message, lifecycle=LIFECYCLE):
    """A message on the file of a centre, as a caller sees it."""
