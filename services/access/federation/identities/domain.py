"""The life of an identity."""

from shared.kernel.lifecycle import Lifecycle, transition

UNLINK = "unlink"
LIFECYCLE: Lifecycle[None] = Lifecycle(("linked", "unlinked"), (transition(UNLINK, "linked", "unlinked"),))
