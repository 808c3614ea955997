"""The lifecycle of a match: from a text to the institution that it means, and who decided it."""

from dataclasses import dataclass
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, transition

NEAR_ENOUGH = 0.5
"""The lowest score of a candidate that is shown to a person."""
SHOWN = 5
"""Most candidates that are stored with an open question."""


@dataclass(frozen=True, slots=True)
class MatchGuardContext:
    """The inputs of the guards. `fault`: why the institution does not count, or None; `is_stated`: the affiliation
    refers to an institution by id, so there is no text to match."""

    is_stated: bool = False
    fault: Literal["institution_missing", "institution_unknown"] | None = None


def _acceptable(
    guard_context: MatchGuardContext,
) -> Literal["institution_stated", "institution_missing", "institution_unknown"] | None:
    return "institution_stated" if guard_context.is_stated else guard_context.fault


def _has_text(guard_context: MatchGuardContext) -> Literal["institution_stated"] | None:
    return "institution_stated" if guard_context.is_stated else None


LIFECYCLE: Lifecycle[MatchGuardContext] = Lifecycle(
    ("waiting", "open", "unknown", "linked", "none"),
    (
        transition(
            "accept", "waiting|open|unknown|linked|none", "linked", guard=_acceptable, fields=("institution_id",)
        ),
        transition("reject", "waiting|open|unknown|linked", "none", guard=_has_text),
        transition("reopen", "linked|none", "waiting"),
    ),
)
"""`waiting`: not checked; `open`: candidates wait for a person; `unknown`: no candidate was found; `none`: a person
decided that the text means none."""
