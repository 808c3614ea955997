"""The life of a signing key: published an hour before it signs, followed by a successor, or revoked at once."""

from datetime import timedelta

from shared.auth.keys import LIFETIME, SKEW
from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.step_up import STRONG

ROTATE, REVOKE = "rotate", "revoke"
SUCCEED = "succeed"
CACHE_SECONDS = 1.0
"""Seconds for which a process signs with the key that it read, so that a revoked key signs nothing longer."""
AHEAD = timedelta(hours=1)
"""How long a successor is published before it signs, so that every verifier has it."""
LAST_DAY = timedelta(days=1)
AFTERLIFE = timedelta(seconds=LIFETIME + 2 * SKEW + CACHE_SECONDS)
"""How long a key is published after it signs."""

LIFECYCLE: Lifecycle[None] = Lifecycle(
    ("active", "rotated", "revoked"),
    (
        transition(ROTATE, "active", "rotated", fields=("second_person",), second_person=by_two, step_up=STRONG),
        transition(
            REVOKE,
            "active|rotated",
            "revoked",
            reason_required=True,
            fields=("second_person",),
            second_person=by_two,
            step_up=STRONG,
        ),
        transition(SUCCEED, "active", "rotated", is_scheduled=True),
    ),
)
