"""The lifecycle of an edition, and what may change once it is published."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.actions.classification.schemes.record import Scheme
from shared.kernel.errors import Conflict, FieldError, pointer_to
from shared.kernel.lifecycle import Lifecycle, transition
from shared.records.record import Texts

CODE = re.compile(r"[a-z_]{1,40}")
PUBLISHED = frozenset({"current", "superseded"})
MOST_CODES = 20_000
"""The most codes of an edition."""


@dataclass(frozen=True, slots=True)
class SchemeGuardContext:
    """The inputs of the guard. `are_sources_available`: so is every file of evidence that the assessments name."""

    codes: int
    are_sources_available: bool = True


def _is_whole(guard_context: SchemeGuardContext) -> Literal["codes_missing", "evidence_not_available"] | None:
    if not guard_context.codes:
        return "codes_missing"
    return None if guard_context.are_sources_available else "evidence_not_available"


LIFECYCLE: Lifecycle[SchemeGuardContext] = Lifecycle(
    ("draft", "current", "superseded"),
    (
        transition("publish", "draft", "current", guard=_is_whole),
        transition("supersede", "current", "superseded", is_scheduled=True),
    ),
)
"""A published edition supersedes the current one of its scheme."""


def adds_languages_only(before: Texts, wanted: Texts) -> bool:
    """Whether texts have only further languages."""
    return before.items() <= wanted.items()


def in_use(*pointer: str | int) -> Conflict:
    """The error of a change of a published edition other than further languages of its titles."""
    detail = "A current edition takes further languages only, a superseded one nothing: make another edition."
    error = FieldError("scheme_in_use", detail, pointer=pointer_to(*pointer))
    return Conflict(detail, code="scheme_in_use", errors=[error])


def check_change(before: Scheme, wanted: Scheme, changed: Mapping[str, object]) -> None:
    """Raises Conflict `scheme_in_use` for a change of a published edition that is not a further language."""
    if before.status == "draft":
        return
    for name in changed:
        if name != "titles" or before.status != "current" or not adds_languages_only(before.titles, wanted.titles):
            raise in_use(name)
