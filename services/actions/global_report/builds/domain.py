"""The kinds of builds, and of which editions they are. Plain Python."""

from collections.abc import Mapping
from datetime import timedelta

from services.actions.global_report.editions.record import Edition
from shared.kernel.errors import Conflict

KINDS = ("proof", "final")
STATES = ("building", "complete", "failed")
BUILDING, COMPLETE, FAILED = STATES
FINAL = "final"
BUILT: Mapping[str, tuple[str, ...]] = {
    "proof": ("writing", "frozen"),
    FINAL: ("frozen", "published", "superseded", "retracted"),
}
"""The states of an edition in which it is built."""
TAKEN: Mapping[str, tuple[str, ...]] = {
    "proof": ("draft", "submitted", "in_review", "changes_requested", "cleared", "published"),
    FINAL: ("cleared", "published"),
}
"""The states of the contributions that a build takes."""
KEPT = 10
"""How many builds of each kind an edition keeps."""
PATIENCE = timedelta(hours=1)
"""How long a build may take before another one is ordered."""


def require_buildable(of: Edition, kind: str) -> None:
    """Raises Conflict for an edition in another state."""
    if of.status not in BUILT[kind]:
        raise Conflict(
            f"A {kind} build needs an edition that is {' or '.join(BUILT[kind][:2])}.",
            members={"current_state": of.status},
        )
