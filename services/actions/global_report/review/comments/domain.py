"""The lifecycle of a comment, and the places that it names. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.actions.global_report.versions.domain import Block
from shared.kernel.errors import FieldError, Invalid
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("substance", "fact", "wording")
DECISIONS = ("accepted", "partly", "rejected", "noted")
LONGEST_QUOTE, LONGEST_TEXT = 500, 5_000
PUBLISHED = frozenset(("answered", "resolved"))
"""The states in which a comment is visible by its visibility, which its edition gives it."""


@dataclass(frozen=True, slots=True)
class CommentGuardContext:
    """Who asks, and whether the round still takes answers."""

    is_author: bool = False
    """Whether the caller is an author of the contribution."""
    was_reopened: bool = False
    is_over: bool = False
    """Whether the round is complete, or the contribution not reviewed any more."""


def _no_author(guard_context: CommentGuardContext) -> Literal["is_an_author"] | None:
    return "is_an_author" if guard_context.is_author else None


def _reopenable(guard_context: CommentGuardContext) -> Literal["is_an_author", "reopened_before", "round_over"] | None:
    if guard_context.was_reopened:
        return "reopened_before"
    return _no_author(guard_context) or ("round_over" if guard_context.is_over else None)


LIFECYCLE: Lifecycle[CommentGuardContext] = Lifecycle(
    ("open", "answered", "resolved", "withdrawn"),
    (
        transition(
            "answer", "open", "answered", reason_required=True, fields=("decision", "version"), required=("decision",)
        ),
        transition("reopen", "answered", "open", guard=_reopenable, fact="reopened"),
        transition("resolve", "answered", "resolved", guard=_no_author),
        transition("withdraw", "open", "withdrawn"),
    ),
)


def naming_lock(edition: UUID) -> str:
    """The name of the lock of whoever changes who is named with the comments on an edition."""
    return f"naming in {edition}"


def check_place(blocks: Sequence[Block], first: int, last: int, quote: str | None) -> None:
    """Raises Invalid `unknown_block` for blocks that are not there, `quote_not_found` for words that are not in them.
    White space counts once."""
    for pointer, number in (("/from", first), ("/to", last)):
        if not 1 <= number <= len(blocks):
            raise _invalid("unknown_block", f"The version has {len(blocks)} blocks.", pointer)
    if last < first:
        raise _invalid("unknown_block", "The last block is not before the first.", "/to")
    said = " ".join(block["text"] for block in blocks[first - 1 : last])
    if quote is not None and " ".join(quote.split()) not in " ".join(said.split()):
        raise _invalid("quote_not_found", "These words are not in these blocks.", "/quote")


def _invalid(code: str, detail: str, pointer: str) -> Invalid:
    return Invalid(detail, code=code, errors=[FieldError(code, detail, pointer=pointer)])
