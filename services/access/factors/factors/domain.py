"""The life of a second factor, and what locks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.step_up import OWN, STRONG

TOTP, PASSKEY, RECOVERY_CODES = "totp", "passkey", "recovery_codes"
KINDS = (TOTP, PASSKEY, RECOVERY_CODES)
SURE = (TOTP, PASSKEY)
"""The kinds that make an account one with a factor. Recovery codes stand in for them."""
MOST = {TOTP: 1, PASSKEY: 10, RECOVERY_CODES: 1}
PENDING = timedelta(minutes=10)
"""How long a factor waits for its confirmation."""
TRIES = 5
"""Wrong codes in a row that lock a factor."""
_FIRST_LOCK, _LONGEST_LOCK = timedelta(minutes=1), timedelta(hours=1)
CONFIRM, REMOVE, LOCK, UNLOCK, EXPIRE = "confirm", "remove", "lock", "unlock", "expire"


@dataclass(frozen=True, slots=True)
class FactorGuardContext:
    """The input of the guards: whether the factor is the caller's own."""

    is_owner: bool


def _by_its_owner(guard_context: FactorGuardContext) -> Literal["not_the_owner"] | None:
    return None if guard_context.is_owner else "not_the_owner"


def _of_another(guard_context: FactorGuardContext) -> bool:
    return not guard_context.is_owner


def _is_in_use(row: Mapping[str, object], _fields: Mapping[str, object]) -> bool:
    return bool(row["status"] != "pending")


LIFECYCLE: Lifecycle[FactorGuardContext] = Lifecycle(
    ("pending", "active", "locked", "removed"),
    (
        transition(
            CONFIRM,
            "pending",
            "active",
            guard=_by_its_owner,
            fields=("code", "credential"),
            fact="activated",
            step_up=OWN,
        ),
        transition(
            REMOVE,
            "pending|active|locked",
            "removed",
            fields=("second_person",),
            second_person=_of_another,
            step_up=STRONG.only("for a confirmed factor", _is_in_use),
        ),
        transition(LOCK, "active", "locked", is_scheduled=True),
        transition(UNLOCK, "locked", "active", fact="unlocked", is_scheduled=True),
        transition(EXPIRE, "pending", "removed", fact="expired", is_scheduled=True),
    ),
)


def lock_of(kind: str, locks: int) -> timedelta:
    """How long a factor is locked that was locked so often before: a minute, twice as long each time, at most an hour;
    recovery codes for an hour."""
    return _LONGEST_LOCK if kind == RECOVERY_CODES else min(_FIRST_LOCK * 2 ** min(locks, 10), _LONGEST_LOCK)
