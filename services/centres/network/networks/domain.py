"""The lifecycle of a network."""

from shared.kernel.lifecycle import Lifecycle, transition

PUBLISHED = frozenset({"active", "closed"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("active", "closed"), (transition("close", "active", "closed"),))
