"""What goes over HTTP for merges."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints

from services.membership.register.experts.schemas import Expert
from services.membership.register.experts.schemas import present as present_expert
from services.membership.register.institutions.schemas import Institution
from services.membership.register.institutions.schemas import present as present_institution
from services.membership.register.merges import record
from services.membership.register.merges.domain import KEEP, LIFECYCLE, LOSER, RESTORE, WINNER
from services.membership.register.merges.operations import Preview
from services.membership.register.merges.queries import RESOURCES
from services.membership.register.merges.tables import merge
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.web.contract.fields import Body, OneLine, ResponseModel
from shared.web.contract.schemas import RecordResponse

Key = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60),
    OneLine,
    Field(examples=["0199d0b2-7c1e-7aaa-8000-000000000001"]),
]
"""The id or the ref of a record."""
FieldName = Annotated[str, StringConstraints(max_length=60), OneLine]
Choice: TypeAlias = Literal[WINNER, LOSER]  # type: ignore[valid-type]
Resolution: TypeAlias = Literal[KEEP, RESTORE]  # type: ignore[valid-type]


class MergeCreate(Body, of=record.Merge):
    """Which record becomes part of which. `choices` selects whose value the winner gets for a field. Otherwise the
    winner's value is unchanged, the loser's is used if the winner has none, and lists are combined."""

    resource: Literal[RESOURCES]  # type: ignore[valid-type]
    winner_id: Annotated[Key, "The id or ref of the winner."]
    loser_id: Annotated[Key, "The id or ref of the record that becomes part of it."]
    choices: Annotated[
        dict[FieldName, Choice],
        Field(max_length=30),
        Field(examples=[{"biography": "loser"}]),
        "Whose value the winner gets for a field; default: its own.",
    ] = {}


class UndoFields(Body):
    """The fields of `undo`: `keep` or `restore` for each field that was edited since the merge."""

    resolve: Annotated[
        dict[FieldName, Resolution],
        Field(max_length=30),
        Field(examples=[{"biography": "keep"}]),
        "For `undo`: `keep` or `restore` for each field that was edited since the merge.",
    ] = {}


class MovedCounts(ResponseModel):
    """What the winner took over. `united`: affiliations that equal one of the winner's."""

    affiliations: Annotated[int, Field(examples=[2]), "Affiliations that went to the winner."]
    united: Annotated[int, Field(examples=[0]), "Affiliations that equal one of the winner's."]
    identities: Annotated[int, Field(examples=[1]), "Identifiers that went to the winner."]


class EditedField(ResponseModel):
    """A field of the winner that was edited since the merge: before it, after it, and now."""

    field: Annotated[str, Field(examples=["biography"]), "The name of the field."]
    before: Annotated[Any, Field(examples=[None]), "Its value before the merge."]
    merged: Annotated[Any, Field(examples=[None]), "Its value after the merge."]
    now: Annotated[Any, Field(examples=[None]), "Its present value."]


class Merge(RecordResponse, of=record.Merge, lifecycle=LIFECYCLE):
    """A merge. `conflicts` is there in the item: what an undo would ask about; null where that is not known."""

    choices: Annotated[dict[str, str], Field(examples=[{"biography": "loser"}])]
    moved: MovedCounts
    conflicts: Annotated[
        list[EditedField] | None, "In items: fields that an undo needs a decision for; null if unknown."
    ] = None


class DifferingField(ResponseModel):
    """A field in which the two differ, and the winner's value after the merge."""

    field: Annotated[str, Field(examples=["biography"]), "The name of the field."]
    winner: Annotated[Any, Field(examples=[None]), "The winner's value."]
    loser: Annotated[Any, Field(examples=[None]), "The loser's value."]
    merged: Annotated[Any, Field(examples=[None]), "The winner's value after the merge."]


class Moves(ResponseModel):
    """What would move to the winner. `references`: those of other services, by kind of record."""

    affiliations: Annotated[int, Field(examples=[2]), "Affiliations that would move to the winner."]
    identities: Annotated[int, Field(examples=[1]), "Identifiers that would move to the winner."]
    references: Annotated[
        dict[str, int], Field(examples=[{"centres.seats": 1}]), "References of other records, by resource."
    ]


class MergePreview(ResponseModel):
    """What a merge would do. Nothing of it is done."""

    record: Annotated[Expert | Institution, "The winner as it would be."]
    fields: Annotated[list[DifferingField], "The fields in which the two differ."]
    moves: Annotated[Moves, "What would move to the winner."]


present = presenter(record.Merge, merge)
_PRESENT = {"experts": present_expert, "institutions": present_institution}


def present_preview(found: Preview, access: AccessScope) -> Mapping[str, Any]:
    """The preview in a response."""
    winner = _PRESENT[found.resource](found.winner, access)
    return {"record": winner, "fields": found.differing, "moves": found.moves}
