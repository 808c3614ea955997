"""Who speaks for a government: bodies, focal points, and the meetings held with them."""

from datetime import date, timedelta

from shared.kernel.lifecycle import Lifecycle, transition

BODY_KINDS = ("ministry", "agency", "commission", "parliament", "presidency", "other")
MEETING_KINDS = ("online", "onsite", "hybrid")
LONGEST_OVERLAP = timedelta(days=60)
"""How long a focal point stays while the successor is already in office."""
PUBLISHED_BODIES = frozenset({"active"})
PUBLISHED_FOCAL_POINTS = frozenset({"active", "handing_over"})
PUBLISHED_MEETINGS = frozenset({"held"})

BODY: Lifecycle[None] = Lifecycle(("active",), ())
FOCAL_POINT: Lifecycle[None] = Lifecycle(
    ("nominated", "active", "handing_over", "ended"),
    (
        transition("accept", "nominated", "active", fact="activated"),
        transition("hand_over", "active", "handing_over", fields=("until",)),
        transition("end", "active|handing_over", "ended"),
    ),
)
MEETING: Lifecycle[None] = Lifecycle(("held",), ())


def is_overlap(until: date, today: date) -> bool:
    """Whether a last day lies within the overlap that begins today."""
    return today <= until <= today + LONGEST_OVERLAP
