"""API keys: validity, number, and who may make them for whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.step_up import TWO_FACTORS

LONGEST_LIFE = timedelta(days=365)
USUAL_LIFE = timedelta(days=90)
MOST_LIVING = 20
"""Most keys in use or proposed of one owner."""


@dataclass(frozen=True, slots=True)
class KeyGuardContext:
    """The inputs of the guards of a key."""

    is_owner: bool


def only_by_its_owner(guard_context: KeyGuardContext) -> Literal["not_the_owner"] | None:
    """The guard of the transition by which an owner enables a key again."""
    return None if guard_context.is_owner else "not_the_owner"


CONFIRM = "confirm"
LIFECYCLE: Lifecycle[KeyGuardContext] = Lifecycle(
    ("proposed", "active", "suspended", "revoked", "expired"),
    (
        transition(
            CONFIRM,
            "proposed",
            "active",
            fields=("second_person",),
            fact="activated",
            second_person=by_two,
            step_up=TWO_FACTORS,
        ),
        transition("enable", "suspended", "active", guard=only_by_its_owner, fact="activated"),
        transition("revoke", "proposed|active|suspended", "revoked"),
        transition("suspend", "active", "suspended", is_scheduled=True),
        transition("expire", "proposed|active|suspended", "expired", is_scheduled=True),
    ),
)
"""Only the system takes `suspend`, when the password of the key's owner was recovered by mail. A key of a client with a
role of two starts as proposed."""


def why_not_make(principal: Principal, kind: str) -> Literal["keys_make_no_keys", "key_of_another_person"] | None:
    """Why the principal may make no key for an owner of this kind other than itself, or None if its grants decide.

    A key makes no keys. Nobody makes a key that acts for another person.
    """
    if principal.kind is PrincipalKind.KEY:
        return "keys_make_no_keys"
    return "key_of_another_person" if kind == "account" else None


def is_timely(expires_at: datetime, at: datetime) -> bool:
    """Whether a key made at `at` may expire at `expires_at`: later, and within a year."""
    return at < expires_at <= at + LONGEST_LIFE
