"""The lifecycle of a focal point."""

from datetime import date, timedelta

from shared.kernel.lifecycle import Lifecycle, transition

LONGEST_OVERLAP = timedelta(days=60)
"""The longest time for which a focal point stays in office after the successor has started."""
PUBLISHED = frozenset({"active", "handing_over"})
LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("nominated", "active", "handing_over", "ended"),
    (
        transition("accept", "nominated", "active", fact="activated"),
        transition("hand_over", "active", "handing_over", fields=("until", "successor")),
        transition("end", "active|handing_over", "ended"),
    ),
)


def is_overlap(until: date, today: date) -> bool:
    """Whether the last day is within the overlap that starts today."""
    return today <= until <= today + LONGEST_OVERLAP
