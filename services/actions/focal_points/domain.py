"""The life of a focal point."""

from datetime import date, timedelta

from shared.kernel.lifecycle import Lifecycle, transition

LONGEST_OVERLAP = timedelta(days=60)
"""How long a focal point stays while the successor is already in office."""
PUBLISHED = frozenset({"active", "handing_over"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("nominated", "active", "handing_over", "ended"),
    (
        transition("accept", "nominated", "active", fact="activated"),
        transition("hand_over", "active", "handing_over", fields=("until",)),
        transition("end", "active|handing_over", "ended"),
    ),
)


def is_overlap(until: date, today: date) -> bool:
    """Whether a last day lies within the overlap that begins today."""
    return today <= until <= today + LONGEST_OVERLAP
