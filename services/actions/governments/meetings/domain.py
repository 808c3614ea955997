"""The lifecycle of a meeting."""

from shared.kernel.lifecycle import Lifecycle

MEETING_KINDS = ("online", "onsite", "hybrid")
PUBLISHED = frozenset({"held"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("held",), ())
