"""The lifecycle of a comment."""

from shared.kernel.lifecycle import Lifecycle, transition

OF_COMMENTER = frozenset(("resolve", "reopen"))
"""The transitions of whoever commented."""
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("open", "answered", "resolved"),
    (
        transition("answer", "open", "answered", fields=("text",)),
        transition("resolve", "answered", "resolved"),
        transition("reopen", "answered|resolved", "open"),
    ),
)
