"""The result of merging two records of one thing, and when a merge can be undone.

A field of the winner keeps its value unless the caller chooses the loser's; an empty one takes the loser's. Lists are
united, the winner's entries first, up to the bound of the field: the rest remains on the loser's row, which is never
deleted. A value of the loser brings its source.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar, get_args

from services.membership.register.experts.record import ASSERTED, PersonName, Said, asserted_fields
from services.membership.register.institutions.record import InstitutionName
from shared.kernel.clock import to_text
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.step_up import TWO_FACTORS
from shared.kernel.text import fold

WINNER, LOSER = "winner", "loser"
KEEP, RESTORE = "keep", "restore"
Values: TypeAlias = Mapping[str, object]
Sources: TypeAlias = Mapping[str, Said]
"""The source of each field."""
Unite: TypeAlias = Callable[..., object]
T = TypeVar("T")
_NOTHING: tuple[object, ...] = (None, "", [], {})


UndoFault: TypeAlias = Literal["erased", "winner_merged", "later_merge"]
ResolutionFault: TypeAlias = Literal["erased", "edited_since"]
UNDO_FAULTS: tuple[UndoFault, ...] = get_args(UndoFault)


@dataclass(frozen=True, slots=True)
class MergeGuardContext:
    """The inputs of the guard. `fault`: why the merge cannot be undone, or None."""

    fault: UndoFault | None


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the winner before and after the merge. `said`: its source before; empty if it was the source of the
    whole record, None if the merge did not change it."""

    field: str
    before: object
    after: object
    said: Said | None = None


def _undoable(guard_context: MergeGuardContext) -> UndoFault | None:
    return guard_context.fault


LIFECYCLE: Lifecycle[MergeGuardContext] = Lifecycle(
    ("merged", "undone"),
    (transition("undo", "merged", "undone", guard=_undoable, fields=("resolve",), step_up=TWO_FACTORS),),
)


def same(entry: T) -> T:
    """Returns the entry: the key of an entry that is one text, and an entry without a lesser form."""
    return entry


def united(most: int, key: Callable[[T], object], as_lesser: Callable[[T], T] = same) -> Unite:
    """Both lists as one of at most `most` entries: the winner's, then the loser's with other keys, as `as_lesser`
    changes them."""

    def unite(mine: Sequence[T], theirs: Sequence[T]) -> list[T]:
        known = {key(entry) for entry in mine}
        return [*mine, *(as_lesser(entry) for entry in theirs if key(entry) not in known)][:most]

    return unite


def by_language(mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """The texts of both by language; the winner's take precedence."""
    return {**theirs, **mine}


def person_name(name: PersonName) -> str:
    """The key of a person's name."""
    return fold(name.get("full") or f"{name.get('given') or ''} {name.get('family') or ''}")


def as_former_name(name: PersonName) -> PersonName:
    """The loser's preferred name becomes a former one, by which the winner can be found."""
    return {**name, "kind": "former"} if name.get("kind") == "preferred" else name


def as_alias(name: InstitutionName) -> InstitutionName:
    """A name of the losing institution becomes an alias; an acronym remains one."""
    return {**name, "types": [kind for kind in name["types"] if kind in ("acronym", "alias")] or ["alias"]}


def merged(winner: Values, loser: Values, choices: Mapping[str, str], unite: Mapping[str, Unite]) -> Values:
    """The fields of the winner after the merge."""
    return {field: _merged(field, winner[field], loser[field], choices.get(field), unite) for field in winner}


def _merged(field: str, mine: object, theirs: object, choice: str | None, unite: Mapping[str, Unite]) -> object:
    if choice is not None:
        return theirs if choice == LOSER else mine
    if mine in _NOTHING:
        return theirs
    return unite[field](mine, theirs) if field in unite else mine


def edited(changes: Iterable[Change], now: Values) -> list[Change]:
    """The changes of a merge whose field has another value now; `now` holds JSON, as changes do."""
    return [change for change in changes if now[change.field] != change.after]


def restored(changes: Iterable[Change], now: Values, resolve: Mapping[str, str]) -> list[Change]:
    """The changes that an undo reverts: of fields that nobody has edited, and those of the others that are to be
    restored."""
    changes = list(changes)
    kept = {change.field for change in edited(changes, now) if resolve.get(change.field) != RESTORE}
    return [change for change in changes if change.field not in kept]


def sources_taken_over(winner: Sources, loser: Sources, loser_entered: datetime, fields: Iterable[str]) -> Sources:
    """The winner's sources after these fields took the loser's values."""
    names = [name for name in fields if name in ASSERTED]
    return {**winner, **asserted_fields(loser, names, to_text(loser_entered))}


def sources_given_back(winner: Sources, changes: Iterable[Change]) -> Sources:
    """The winner's sources after these changes are reverted."""
    said = {change.field: change.said for change in changes if change.said is not None}
    return {name: one for name, one in {**winner, **said}.items() if one}
