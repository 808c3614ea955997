"""Accounts: an address, a name, a password, and a status."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias

from services.access.access import SuspensionFault
from shared.kernel.lifecycle import Lifecycle, transition, within

LONGEST_EMAIL = 254
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
SHORTEST_ALONE = 15
"""Least number of characters of a password that is chosen for an account without a second factor (NIST SP 800-63B-4,
3.1.1.2)."""
WRITABLE = ("email", "name", "language")
USABLE = frozenset(("active", "invited"))
"""The states in which mails reach the owner."""
MOST_MADE = 500
"""Most accounts that the focal points of one country make; closed ones do not count."""
_ADDRESS = re.compile(r"[^\s@\x00-\x1f<>\"(),:;\\\[\]]{1,64}@[^\s@\x00-\x20<>\"(),:;\\\[\]]+\.[^\s@.]{2,63}")

CHANGE_IDENTITY, SEND_RESET = "change_identity", "send_password_reset"
MAKE_WAY = "make_way"
IDENTITY = ("email",)
"""The changes that a second person confirms on an account with a role of two."""
HoldingFault: TypeAlias = Literal["holds_more_than_you_may_grant"]
UNUSED = timedelta(days=30)
"""How long a self-registered account may have no grant and no record."""


@dataclass(frozen=True, slots=True)
class AccountGuardContext:
    """The inputs of the guards: the roles of two that the account holds or will hold; whether it is the caller's own;
    why a focal point may not suspend or reinstate it."""

    roles_of_two: frozenset[str]
    is_owner: bool
    suspending: HoldingFault | None
    reinstating: HoldingFault | SuspensionFault | None


def _of_an_administrator(guard_context: AccountGuardContext) -> bool:
    return "secretariat_admin" in guard_context.roles_of_two


def _of_two(guard_context: AccountGuardContext) -> bool:
    return bool(guard_context.roles_of_two)


def _by_its_owner(guard_context: AccountGuardContext) -> Literal["not_the_owner"] | None:
    return None if guard_context.is_owner else "not_the_owner"


def _suspendable(guard_context: AccountGuardContext) -> HoldingFault | None:
    return guard_context.suspending


def _reinstatable(guard_context: AccountGuardContext) -> HoldingFault | SuspensionFault | None:
    return guard_context.reinstating


_CHANGED = (*WRITABLE, "second_person")
LIFECYCLE: Lifecycle[AccountGuardContext] = Lifecycle(
    ("invited", "active", "suspended", "closed"),
    (
        transition("activate", "invited", "active", fact="activated", is_scheduled=True),
        transition(
            "suspend",
            "invited|active",
            "suspended",
            guard=_suspendable,
            reason_required=True,
            fields=("second_person",),
            second_person=_of_an_administrator,
        ),
        transition(
            "reinstate",
            "suspended",
            None,
            guard=_reinstatable,
            fact="reinstated",
            fields=("second_person",),
            second_person=_of_an_administrator,
        ),
        *within(
            CHANGE_IDENTITY,
            ("invited", "active", "suspended"),
            fields=_CHANGED,
            fact="updated",
            second_person=_of_two,
        ),
        transition(SEND_RESET, "active", "active", fact="updated"),
        transition("close", "active", "closed", guard=_by_its_owner),
        transition(MAKE_WAY, "active", "closed", is_scheduled=True),
    ),
)


def is_email(address: str) -> bool:
    """Whether the text has the form of an address, of at most 254 characters."""
    return len(address) <= LONGEST_EMAIL and _ADDRESS.fullmatch(address) is not None
