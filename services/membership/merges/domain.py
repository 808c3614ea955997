"""What becomes of two records of one thing, and when it can be taken back.

A field of the winner keeps its value unless the caller chooses the loser's; where the winner says nothing the loser's
value is taken. Lists are united, the winner's entries first, up to what the field can hold: what then does not fit
stays on the loser's row, which is never removed. A value of the loser brings along who said it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, TypeVar, get_args

from services.membership.experts.domain import ASSERTED, asserted_fields
from services.membership.experts.record import PersonName, Said
from services.membership.institutions.record import InstitutionName
from shared.kernel.clock import to_text
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import fold

WINNER, LOSER = "winner", "loser"
KEEP, RESTORE = "keep", "restore"
Values: TypeAlias = Mapping[str, object]
Sources: TypeAlias = Mapping[str, Said]
"""Who said what stands in each field."""
Unite: TypeAlias = Callable[..., object]
T = TypeVar("T")
_NOTHING: tuple[object, ...] = (None, "", [], {})


UndoFault: TypeAlias = Literal["erased", "winner_merged", "later_merge"]
UNDO_FAULTS: tuple[UndoFault, ...] = get_args(UndoFault)


@dataclass(frozen=True, slots=True)
class MergeGuardContext:
    """What the guard looks at. `fault`: why the merge cannot be taken back, or None."""

    fault: UndoFault | None


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the winner before and after the merge. `said`: who had said it before, empty where nobody but who
    entered the record had, None where the merge left that as it was."""

    field: str
    before: object
    after: object
    said: Said | None = None


def _undoable(guard_context: MergeGuardContext) -> UndoFault | None:
    return guard_context.fault


LIFECYCLE: Lifecycle[MergeGuardContext] = Lifecycle(
    ("merged", "undone"), (transition("undo", "merged", "undone", guard=_undoable, fields=("resolve",)),)
)


def same(entry: T) -> T:
    """The key of an entry that is one text, and an entry that stays as it is."""
    return entry


def united(most: int, key: Callable[[T], object], as_lesser: Callable[[T], T] = same) -> Unite:
    """Both lists as one of at most `most` entries: the winner's, then the loser's with other keys, as `as_lesser`
    makes them."""

    def unite(mine: Sequence[T], theirs: Sequence[T]) -> list[T]:
        known = {key(entry) for entry in mine}
        return [*mine, *(as_lesser(entry) for entry in theirs if key(entry) not in known)][:most]

    return unite


def by_language(mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Texts in every language that either has."""
    return {**theirs, **mine}


def person_name(name: PersonName) -> str:
    """The key of a person's name."""
    return fold(name.get("full") or f"{name.get('given') or ''} {name.get('family') or ''}")


def as_former_name(name: PersonName) -> PersonName:
    """The loser's preferred name becomes a former one, by which the winner is still found."""
    return {**name, "kind": "former"} if name.get("kind") == "preferred" else name


def as_alias(name: InstitutionName) -> InstitutionName:
    """A name of the losing institution becomes an alias; an acronym stays one."""
    return {**name, "types": [kind for kind in name["types"] if kind in ("acronym", "alias")] or ["alias"]}


def merged(winner: Values, loser: Values, choices: Mapping[str, str], unite: Mapping[str, Unite]) -> Values:
    """The fields of the winner as the merge leaves them."""
    return {field: _merged(field, winner[field], loser[field], choices.get(field), unite) for field in winner}


def _merged(field: str, mine: object, theirs: object, choice: str | None, unite: Mapping[str, Unite]) -> object:
    if choice is not None:
        return theirs if choice == LOSER else mine
    if mine in _NOTHING:
        return theirs
    return unite[field](mine, theirs) if field in unite else mine


def edited(changes: Iterable[Change], now: Values) -> list[Change]:
    """The changes of a merge whose field says something else now; `now` holds JSON, as changes do."""
    return [change for change in changes if now[change.field] != change.after]


def restored(changes: Iterable[Change], now: Values, resolve: Mapping[str, str]) -> list[Change]:
    """The changes that an undo takes back: of fields that nobody has edited, and of the others those to be restored."""
    changes = list(changes)
    kept = {change.field for change in edited(changes, now) if resolve.get(change.field) != RESTORE}
    return [change for change in changes if change.field not in kept]


def sources_taken_over(winner: Sources, loser: Sources, loser_entered: datetime, fields: Iterable[str]) -> Sources:
    """The winner's sources once these fields say what the loser's say."""
    names = [name for name in fields if name in ASSERTED]
    return {**winner, **asserted_fields(loser, names, to_text(loser_entered))}


def sources_given_back(winner: Sources, changes: Iterable[Change]) -> Sources:
    """The winner's sources once these changes are taken back."""
    said = {change.field: change.said for change in changes if change.said is not None}
    return {name: one for name, one in {**winner, **said}.items() if one}
