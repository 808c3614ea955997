"""How lately, and how surely, a person must have signed in before an operation (RFC 9470)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

Applies: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]


class Level(StrEnum):
    """How surely a person signed in: the values of `acr`, the weakest first."""

    ONE_FACTOR = "1"
    TWO_FACTORS = "2"
    PASSKEY = "phr"

    def reaches(self, other: "Level") -> bool:
        """Whether it is at least as sure as another level."""
        levels = list(Level)
        return levels.index(self) >= levels.index(other)


def level_of(acr: str | None) -> Level:
    """The level that an `acr` names; the weakest for an unknown one."""
    return Level(acr) if acr in set(Level) else Level.ONE_FACTOR


def mapped_level(levels: Mapping[str, str], acr: str | None, amr: Collection[str]) -> Level:
    """The level of a sign-in at a provider: the highest that its `acr` or one of its `amr` is mapped to."""
    return max((Level(levels[one]) for one in (*amr, acr or "") if one in levels), default=Level.ONE_FACTOR)


@dataclass(frozen=True, slots=True)
class StepUp:
    """What an operation asks of the sign-in of a person: a level of at least `least` and at most `most`, as high as the
    account can reach, at most `max_age` seconds ago.

    `when` says in which cases, if not in all. `applies` tells them: of a transition by the record's row and the
    transition's fields, of a write by the columns that it sets and the row before, which is empty for a new record.
    """

    least: Level
    most: Level
    max_age: int
    when: str = ""
    applies: Applies | None = None

    def level_for(self, best: Level) -> Level:
        """The level that it asks of an account that can reach `best`."""
        return max((self.least, min((self.most, best), key=list(Level).index)), key=list(Level).index)

    def only(self, when: str, applies: Applies | None = None) -> "StepUp":
        """The same in some cases."""
        return replace(self, when=when, applies=applies)

    @property
    def described(self) -> dict[str, object]:
        """As the contract says it. The level `own` is the highest that the account can reach."""
        level = self.least if self.least is self.most else "phr or 2" if self.least is Level.TWO_FACTORS else "own"
        return {"level": str(level), "max_age": self.max_age, **({"when": self.when} if self.when else {})}


TWO_FACTORS = StepUp(Level.TWO_FACTORS, Level.TWO_FACTORS, 900)
"""For what cannot be undone, or gives others access."""
STRONG = StepUp(Level.TWO_FACTORS, Level.PASSKEY, 300)
"""For what decides how others sign in: a passkey where the account has one."""
OWN = StepUp(Level.ONE_FACTOR, Level.PASSKEY, 300)
"""For how oneself signs in: the highest level that the account can reach."""
WAIVER = TWO_FACTORS.only("with a waiver", lambda _row, fields: fields.get("waiver") is not None)
"""For steps that may be taken without what they need."""
