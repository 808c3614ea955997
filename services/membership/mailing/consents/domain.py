"""The lifecycle of a consent."""

from services.membership.register.notices import domain as notices
from shared.kernel.lifecycle import Lifecycle, transition

PURPOSES = tuple(purpose for purpose in notices.PURPOSES if purpose != notices.CONFLICT_OF_INTEREST)
ONLINE = "online"
"""The channel of a consent that the person gives with their own account."""
CHANNELS = (ONLINE, "paper", "mail", "telephone", "meeting")
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("given", "withdrawn", "superseded"),
    (
        transition("withdraw", "given", "withdrawn"),
        transition("supersede", "given", "superseded", is_scheduled=True),
    ),
)
