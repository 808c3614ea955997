"""The lifecycle of a government body."""

from shared.kernel.lifecycle import Lifecycle

BODY_KINDS = ("ministry", "agency", "commission", "parliament", "presidency", "other")
PUBLISHED = frozenset({"active"})
LIFECYCLE: Lifecycle[None] = Lifecycle(("active",), ())
