"""Two records to merge: whether the caller may, and the winner's values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from services.membership.access import ROLES
from services.membership.register.duplicates.domain import Collection
from services.membership.register.merges.domain import Values, merged
from services.membership.register.merges.subjects import SUBJECTS, Subject
from shared.database.statements import Connection
from shared.kernel.errors import Conflict, Forbidden, NotFound, invalid_field, pointer_to
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.record import Record
from shared.records.requirements import require, require_publishing
from shared.records.rows import with_columns

LivingFault: TypeAlias = Literal[
    "winner_merged",
    "winner_erased",
    "winner_restricted",
    "winner_ended",
    "loser_merged",
    "loser_erased",
    "loser_restricted",
]
_MERGES = Resource("membership", "merges", "merge")
_ENDINGS = ("merged_into", "erased_at", "restricted_at")
_OF_WINNER: tuple[LivingFault, ...] = ("winner_merged", "winner_erased", "winner_restricted")
_OF_LOSER: tuple[LivingFault, ...] = ("loser_merged", "loser_erased", "loser_restricted")
"""Why a record is not merged if it has a value in one of the columns."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of two records, by id or ref, is merged into the other, and whose value each chosen field takes."""

    resource: Collection
    winner: UUID | str
    loser: UUID | str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that the caller may change; `access` is the caller's access scope for their kind."""

    subject: Subject
    access: AccessScope
    winner: Record
    loser: Record


async def pair_of(connection: Connection, principal: Principal, asked: Asked) -> Pair:
    """Both records. Raises NotFound if the caller may not know of them, Forbidden if they may not change both or merge
    there, Invalid for a choice of an unknown field and for a record and itself."""
    subject = SUBJECTS[asked.resource]
    resource = subject.kind.resource
    access = access_scope_for(principal, ROLES, resource)
    rows = [await subject.listing.get(connection, access, key) for key in (asked.winner, asked.loser)]
    winner, loser = rows
    if winner is None or loser is None:
        raise NotFound(f"There is no such {resource.entity}.")
    merging = access_scope_for(principal, ROLES, _MERGES)
    for row in (winner, loser):
        require(access, "update", row["country"], row["id"])
        if not merging.may("create", row["country"]):
            raise Forbidden("Your grants do not include merging.", members={"reason": "not_permitted"})
    for name in asked.choices:
        if name not in subject.fields:
            raise invalid_field(pointer_to("choices", name), "unknown_field", "Not a field that can be chosen.")
    if winner["id"] == loser["id"]:
        raise invalid_field("/loser_id", "invalid_value", "A record is not merged into itself.")
    return Pair(subject, access, subject.read(winner), subject.read(loser))


def require_living(pair: Pair) -> None:
    """Raises Conflict with its reason if one of the two is merged, erased or restricted, or the winner has ended and
    the loser has not."""
    if (reason := why_not_living(pair)) is not None:
        raise Conflict("These two cannot be merged.", members={"reason": reason})


def why_not_living(pair: Pair) -> LivingFault | None:
    """Why the two cannot be merged, or None. The loser's reason comes before the winner's."""
    for record, faults in ((pair.loser, _OF_LOSER), (pair.winner, _OF_WINNER)):
        for column, fault in zip(_ENDINGS, faults, strict=True):
            if getattr(record, column, None) is not None:
                return fault
    is_over = pair.winner.status in pair.subject.ended and pair.loser.status not in pair.subject.ended
    return "winner_ended" if is_over else None


def decided(pair: Pair, mine: Values, theirs: Values, choices: Mapping[str, str]) -> Values:
    """The winner's values after the merge. Raises Forbidden if that publishes something and the caller may not."""
    values = merged(mine, theirs, choices, pair.subject.unite)
    if not mine["visibility"] == theirs["visibility"] == "public":
        wanted = with_columns(pair.winner, values)
        require_publishing(pair.access, wanted.visibility, wanted.country, wanted.id)
    return values
