"""What goes over HTTP for comments on contributions."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints

from services.actions.global_report.contributions.participants import commenter_of, hides_reviewers
from services.actions.global_report.review.comments import domain, record
from services.actions.global_report.review.comments.operations import Said
from services.actions.global_report.review.comments.tables import comment
from services.actions.global_report.review.rounds.schemas import NamedRound
from shared.kernel.principal import READ
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Clean, OneLine
from shared.web.contract.schemas import RecordResponse

Number: TypeAlias = Annotated[int, Field(ge=1, le=99_999, strict=True, examples=[2])]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=domain.LONGEST_TEXT), Clean]
_DECISION = "What the authors decide about it."
_FIRST, _LAST = "The number of the first block that it is about.", "The number of the last one."


class CommentCreate(Body, of=record.Comment):
    """A comment as it is written. Nobody changes it afterwards."""

    round: NamedRound
    from_: Annotated[Number, Field(alias="from"), _FIRST]
    to: Annotated[Number | None, f"{_LAST} By default the first."] = None
    quote: Annotated[str, StringConstraints(min_length=1, max_length=domain.LONGEST_QUOTE), Clean] | None = None
    kind: Literal[domain.KINDS] = "substance"  # type: ignore[valid-type]
    text: Text

    def said(self) -> Said:
        """What is said."""
        return Said(self.from_, self.to or self.from_, self.quote, self.kind, self.text)


class CommentRow(Body):
    """A row of a spreadsheet that comments. `chapter` is the ref of a contribution, or the key of its place."""

    number: Number | None = None
    chapter: Annotated[str, StringConstraints(min_length=1, max_length=40), OneLine]
    first: Number
    last: Number | None = None
    quote: Annotated[str, StringConstraints(min_length=1, max_length=domain.LONGEST_QUOTE), Clean] | None = None
    kind: Literal[domain.KINDS] = "substance"  # type: ignore[valid-type]
    comment: Text
    round: Annotated[int, Field(ge=1, le=99)] | None = None


class CommentFields(Body):
    """The fields of `answer`, whose text is the reason."""

    decision: Annotated[Literal[domain.DECISIONS] | None, Field(examples=["accepted"]), _DECISION] = None  # type: ignore[valid-type]
    version: Annotated[Number | None, "The number of the version in which the authors changed something."] = None


class Comment(RecordResponse, of=record.Comment, lifecycle=domain.LIFECYCLE):
    """A comment as a caller sees it."""

    round: Annotated[int, Field(examples=[1]), "The number of the round."]
    from_: Annotated[int, Field(alias="from"), Field(examples=[2]), _FIRST]
    to: Annotated[int, Field(examples=[2]), _LAST]


_present = presenter(record.Comment, comment)


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The comment in a response. Who commented is hidden from authors who do not know it, who answered from who
    commented, and both from everybody who reads it once it is published."""
    shown = _present(row, access)
    shown |= {"round": row["round_number"], "from": row["from_block"], "to": row["to_block"]}
    me = commenter_of(access.principal)
    if me is not None and row["by_id"] == me:
        is_own_act = row["updated_by"] in access.principal.labels
        return {**shown, "updated_by": row["updated_by"] if is_own_act else None}
    is_inside = access.may(READ, row["country"], record.Comment.scope_of(row))
    if not is_inside or hides_reviewers(access.principal, row["contribution_id"]):
        return {**shown, "created_by": None, "updated_by": None, "government": None}
    return shown


def as_line(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The comment as a line of a spreadsheet, which an import reads. Once it is published, it names who consents."""
    return {
        "number": row["number"],
        "chapter": row["chapter"],
        "from": row["from_block"],
        "to": row["to_block"],
        "quote": row["quote"],
        "kind": row["kind"],
        "comment": row["text"],
        "round": row["round_number"],
        "status": row["status"],
        "decision": row["decision"],
        "answer": row["answer"],
        "answered_in": row["answered_in"],
        "commenter": row["commenter"],
        "answerer": row["answerer"],
    }


LINE = (
    *("number", "chapter", "from", "to", "quote", "kind", "comment", "round"),
    *("status", "decision", "answer", "answered_in", "commenter", "answerer"),
)
"""The columns of such a line."""
