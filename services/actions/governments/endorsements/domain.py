"""The lifecycle of an endorsement."""

from dataclasses import dataclass, replace
from typing import Literal

from services.actions.governments.endorsements.record import Endorsement
from shared.kernel.lifecycle import Lifecycle, transition

LEVELS = {
    1: "acknowledged",
    2: "supported in writing",
    3: "focal point named",
    4: "agreement signed",
    5: "in law, or a commission created",
}
ENDORSEMENT_LEVEL = 3
"""The lowest level of endorsement that permits a programme."""
PUBLISHED = frozenset({"verified", "expired", "superseded"})


@dataclass(frozen=True, slots=True)
class EndorsementGuardContext:
    """The document of an endorsement, and who verifies it."""

    has_document: bool
    is_document_available: bool
    """Whether the file of evidence that the document names, if any, is available."""
    is_independent: bool
    """Whether the caller is of another body than the claimants."""


def _verifiable(
    guard_context: EndorsementGuardContext,
) -> Literal["document_missing", "evidence_not_available", "not_independent"] | None:
    if not guard_context.has_document:
        return "document_missing"
    if not guard_context.is_document_available:
        return "evidence_not_available"
    return None if guard_context.is_independent else "not_independent"


LIFECYCLE: Lifecycle[EndorsementGuardContext] = Lifecycle(
    ("claimed", "verified", "expired", "withdrawn", "superseded"),
    (
        transition("verify", "claimed", "verified", guard=_verifiable, fields=("document",)),
        transition("expire", "verified", "expired", is_scheduled=True),
        transition("withdraw", "verified", "withdrawn"),
        transition("replace", "verified", "superseded"),
    ),
)


def is_same_claim(before: Endorsement, wanted: Endorsement) -> bool:
    """Whether the two differ at most in the visibility, the only field that may change after verification."""
    return replace(wanted, visibility=before.visibility) == before
