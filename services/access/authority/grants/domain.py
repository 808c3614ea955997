"""The lifecycle of a grant, and the conditions on the second person."""

from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from services.access.access import ROLES_OF_TWO, GrantFault, ScopeFault
from services.access.authority.grants.record import Grant
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.principal import SYSTEM, Principal
from shared.kernel.step_up import TWO_FACTORS

PersonFault: TypeAlias = Literal[
    "second_person_is_the_first",
    "second_person_is_a_client",
    "second_person_not_entitled",
    "credentials_set_recently",
]
"""Why an account does not count as the second person of what somebody proposed."""
SecondPersonFault: TypeAlias = Literal["second_person_missing", "another_second_person_named"] | PersonFault
HandOverFault: TypeAlias = Literal["role_not_delegated", "not_further", "follows_an_office"] | GrantFault


@dataclass(frozen=True, slots=True)
class GrantGuardContext:
    """The inputs of the guards: why the caller may not confirm, revoke or hand over, and why the second person does not
    count. `is_verified_scope`: the institution whose representative somebody asks to be is in the register."""

    confirming: GrantFault | None
    revoking: ScopeFault | None
    second_person: SecondPersonFault | None
    handing_over: HandOverFault | None
    is_verified_scope: bool = True


def _confirmable(
    guard_context: GrantGuardContext,
) -> GrantFault | SecondPersonFault | Literal["institution_not_verified"] | None:
    found = guard_context.confirming or guard_context.second_person
    return found or (None if guard_context.is_verified_scope else "institution_not_verified")


def _revocable(guard_context: GrantGuardContext) -> ScopeFault | None:
    return guard_context.revoking


def _can_be_handed_over(guard_context: GrantGuardContext) -> HandOverFault | None:
    return guard_context.handing_over


OFFICES = frozenset(("seat", "focal point", "expert", "reviewer", "panel", "evaluation"))
"""The sources from which roles follow automatically. The reason of such a grant names its source and its id."""

ROLE_OF_TWO = TWO_FACTORS.only("for a role of two", lambda row, _fields: row["role"] in ROLES_OF_TWO)
LIFECYCLE: Lifecycle[GrantGuardContext] = Lifecycle(
    ("proposed", "active", "revoked", "expired"),
    (
        transition(
            "confirm",
            "proposed",
            "active",
            guard=_confirmable,
            fields=("second_person",),
            fact="activated",
            step_up=ROLE_OF_TWO,
        ),
        transition("revoke", "proposed|active", "revoked", guard=_revocable),
        transition(
            "hand_over",
            "active",
            "active",
            guard=_can_be_handed_over,
            fields=("principal", "to"),
            required=("principal", "to"),
            fact="updated",
        ),
        transition("expire", "proposed|active", "expired", is_scheduled=True),
    ),
)


def second_person(
    principal: Principal, record: Grant, named: UUID | None
) -> tuple[UUID | None, SecondPersonFault | None]:
    """The account of the second person, and why it does not count, or None.

    A person is their own account; a client names an account, or uses the one named in the proposal. Who proposed and
    who receives the grant are never the second person.
    """
    person = principal.account_id or named or record.second_person
    if person is None:
        return None, "second_person_missing"
    if record.second_person not in (None, person):
        return person, "another_second_person_named"
    if f"account:{person}" in (record.created_by, f"{record.principal_kind}:{record.principal_id}"):
        return person, "second_person_is_the_first"
    return person, None


def follows_an_office(record: Grant) -> bool:
    """Whether the grant follows from a seat, a focal point, an invitation, a panel or one's own record, and ends with
    it."""
    return record.created_by == SYSTEM.label and (record.reason or "").rpartition(" ")[0] in OFFICES
