"""The lifecycle of a declaration of interests."""

from dataclasses import dataclass
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("employment", "funding", "office", "family", "other")
OUTCOMES = ("cleared", "managed", "excluded")
IN_FORCE = ("signed", *OUTCOMES)
"""The states of a signed declaration that no other one has superseded."""


@dataclass(frozen=True, slots=True)
class DeclarationGuardContext:
    """What the guards look at. `is_own`: the caller's account owns the expert."""

    is_own: bool
    is_notice_current: bool


def _signable(guard_context: DeclarationGuardContext) -> Literal["not_the_person", "notice_outdated"] | None:
    if not guard_context.is_own:
        return "not_the_person"
    return None if guard_context.is_notice_current else "notice_outdated"


def _assessable(guard_context: DeclarationGuardContext) -> Literal["own_declaration"] | None:
    return "own_declaration" if guard_context.is_own else None


LIFECYCLE: Lifecycle[DeclarationGuardContext] = Lifecycle(
    ("draft", *IN_FORCE, "superseded"),
    (
        transition("sign", "draft", "signed", guard=_signable),
        transition(
            "assess",
            "signed",
            "cleared",
            guard=_assessable,
            fields=("outcome",),
            required=("outcome",),
            outcomes=OUTCOMES,
            reason_required=True,
        ),
        transition("supersede", "|".join(IN_FORCE), "superseded", is_scheduled=True),
    ),
)
