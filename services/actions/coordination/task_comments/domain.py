"""The lifecycle of a comment, which nobody changes."""

from shared.kernel.lifecycle import Lifecycle

LIFECYCLE: Lifecycle[None] = Lifecycle(("posted",), ())
