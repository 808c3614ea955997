"""What goes over HTTP for merges."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.membership.experts.schemas import Expert
from services.membership.experts.schemas import present as present_expert
from services.membership.institutions.schemas import Institution
from services.membership.institutions.schemas import present as present_institution
from services.membership.merges import record
from services.membership.merges.domain import KEEP, LOSER, RESTORE, WINNER
from services.membership.merges.operations import Preview
from services.membership.merges.queries import RESOURCES
from services.membership.merges.tables import merge
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.web.fields import Answer, Body, RecordAnswer

Key = Annotated[
    str, StringConstraints(min_length=1, max_length=60), Field(examples=["0199d0b2-7c1e-7aaa-8000-000000000001"])
]
"""The id or the ref of a record."""
FieldName = Annotated[str, StringConstraints(max_length=60)]


class MergeBody(Body):
    """Which record becomes part of which. `choices` says of a field whose value the winner takes; else the winner keeps
    its own, takes the loser's where it has none, and lists are united."""

    resource: Literal[RESOURCES]  # type: ignore[valid-type]
    winner_id: Key
    loser_id: Key
    choices: Annotated[dict[FieldName, Literal[WINNER, LOSER]], Field(max_length=30)] = {}  # type: ignore[valid-type]


class UndoFields(Body):
    """What `undo` takes: of each field that was edited since the merge, whether to keep or to restore it."""

    resolve: Annotated[dict[FieldName, Literal[KEEP, RESTORE]], Field(max_length=30)] = {}  # type: ignore[valid-type]


class MovedCounts(Answer):
    """How much the winner took over. `united`: affiliations that said the same as one of the winner's."""

    affiliations: int
    united: int
    identities: int


class EditedField(Answer):
    """A field of the winner that was edited since the merge: before it, after it, and now."""

    field: str
    before: Any
    merged: Any
    now: Any


class Merge(RecordAnswer):
    """A merge. `conflicts` is there in the item: what an undo would ask about; null where it cannot be told."""

    resource: str
    winner_id: UUID
    loser_id: UUID
    choices: dict[str, str]
    moved: MovedCounts
    conflicts: list[EditedField] | None = None


class DifferingField(Answer):
    """A field in which the two differ, and what the winner would then say."""

    field: str
    winner: Any
    loser: Any
    merged: Any


class Moves(Answer):
    """How much would go to the winner. `references`: of what other services publish, by kind of record."""

    affiliations: int
    identities: int
    references: dict[str, int]


class MergePreview(Answer):
    """What a merge would do. Nothing of it is done."""

    record: Expert | Institution
    fields: list[DifferingField]
    moves: Moves


present = presenter(record.Merge, merge)
_PRESENT = {"experts": present_expert, "institutions": present_institution}


def present_preview(found: Preview, access: AccessScope) -> Mapping[str, Any]:
    """The preview as it is answered."""
    record = _PRESENT[found.resource](found.winner, access)
    return {"record": record, "fields": found.differing, "moves": found.moves}
