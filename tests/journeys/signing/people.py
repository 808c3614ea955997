"""Who signs an initiative, how they spell what they write, and what is true about them: computed without the system."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

COUNTRIES = ("XA", "XB", "XC")
FORM, FIRST, SECOND = "form", "first list", "second list"
PEOPLE = 1_700
ONCE = {FORM: range(300), FIRST: range(300, 1_000), SECOND: range(1_000, PEOPLE)}
"""How everybody signs at first, by their numbers."""
IN_THE_HALL = range(40)
"""They sign in the hall of the congress, all from one network."""
FOR_AN_ORGANISATION = range(40, 45)
LIKE = {306: 50, 307: 51, **{1_000 + place: 300 + place for place in range(6)}}
"""People with the name and country of another one, who belong to another organisation."""
SIGN_TWICE, ON_PAPER_BEFORE, ON_PAPER_TOO = range(60, 70), range(320, 330), range(100, 150)
"""Those who sign twice by the form, by the form after the first list, and by the form before the second list."""
ELSEWHERE_SPELLED = range(600, 620)
"""They misspell their organisation in the second list, so that only the office knows them again."""
NOWHERE = range(1_140, 1_240)
"""They name no organisation."""
ALONE = 299
"""The only one of the last registered organisation."""
REGISTERED, UNREGISTERED = 50, 4
_OFFICIAL, _WRONG = "official", "wrong"
_SPELLINGS: dict[str, tuple[int, Callable[[str], str]]] = {
    _OFFICIAL: (45, str),
    "capitals": (15, str.upper),
    "department": (20, "Dept. of Botany, {}".format),
    "short": (17, lambda name: name.replace("University", "Univ.").replace("Institute", "Inst.")),
    _WRONG: (3, lambda name: name[:-3] + name[-2:]),
}
"""The spellings of registered organisations, each with how many of a hundred people use it. The last lacks a letter."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation; its name is that of the register, if it is registered."""

    name: str
    country: str
    is_registered: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with the organisation as they spell it. `agrees`: to be listed."""

    number: int
    name: str
    country: str
    organisation: Organisation | None
    spelled: str
    agrees: bool

    @property
    def email(self) -> str:
        return f"signer{self.number}@example.org"


@dataclass(frozen=True, slots=True)
class Signature:
    """What somebody writes in the form, or in a line of a list."""

    person: Person
    name: str
    organisation: str


@dataclass
class Truth:
    """Who supports the initiative, and who of them may not be named any more."""

    people: set[Person]
    unnamed: set[Person] = field(default_factory=set)

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of the counter."""
        named = {one.organisation for one in self.people if one.organisation}
        registered = sum(one.is_registered for one in named)
        return {
            "supporters": len(self.people),
            "organisations": registered,
            "organisations_unmatched": len(named) - registered,
            "countries": len(self.by_country),
        }

    @property
    def by_country(self) -> Counter[str]:
        return Counter(one.country for one in self.people)

    @property
    def listed(self) -> Counter[str]:
        """The names in the public list."""
        return Counter(one.name for one in self.people - self.unnamed if one.agrees)


class Population:
    """1,700 people of 54 organisations, of which 50 are registered, and the 2,000 signatures that they give."""

    def __init__(self) -> None:
        self._dice = random.Random(2_000)
        self.organisations = [self._organisation(number) for number in range(REGISTERED + UNREGISTERED)]
        self.meant = {_spelled(one, how): one for one in self.organisations for how in _SPELLINGS}
        """The organisation of each spelling."""
        self.people: list[Person] = []
        for number in range(PEOPLE):
            self.people.append(self._person(number))

    def signatures(self) -> dict[str, list[Signature]]:
        """By the way in which they are given, in a random order. 300 of them repeat another."""
        repeats = {
            FORM: [*self._sign(ON_PAPER_BEFORE), *self._sign(SIGN_TWICE)],
            FIRST: self._sign(range(400, 460), name=str.upper),
            SECOND: [
                *self._sign(range(1_100, 1_160)),
                *self._sign(range(500, 590), name=str.upper),
                *self._sign(ON_PAPER_TOO),
                *self._sign(ELSEWHERE_SPELLED, how=_WRONG),
            ],
        }
        given = {way: self._sign(numbers) + repeats[way] for way, numbers in ONCE.items()}
        for some in given.values():
            self._dice.shuffle(some)
        return given

    def named(self, name: str, organisation: str | None) -> Person | None:
        """The person of a name and a spelling of their organisation."""
        found = [one for one in self.people if one.name.casefold() == name.casefold()]
        meant = self.meant.get(organisation or "")
        return next((one for one in found if len(found) == 1 or one.organisation == meant), None)

    def _organisation(self, number: int) -> Organisation:
        name = f"{self._dice.choice(('University', 'Institute'))} of {self._word()}"
        return Organisation(name, COUNTRIES[number % len(COUNTRIES)], number < REGISTERED)

    def _person(self, number: int) -> Person:
        name, like = f"{self._word()} {self._word()}", self.people[LIKE[number]] if number in LIKE else None
        organisation = self._work_of(number, like)
        how = self._dice.choices([*_SPELLINGS], [share for share, _ in _SPELLINGS.values()])[0]
        if number == ALONE or number in ELSEWHERE_SPELLED:
            how = _OFFICIAL
        return Person(
            number,
            like.name if like else name,
            organisation.country if organisation else self._dice.choice(COUNTRIES),
            organisation,
            _spelled(organisation, how) if organisation else "",
            agrees=self._dice.random() < 0.8,
        )

    def _work_of(self, number: int, like: Person | None) -> Organisation | None:
        """The work of a person; of one who is like another, elsewhere in the same country."""
        alone, others = self.organisations[REGISTERED - 1], self.organisations[:]
        others.remove(alone)
        if like is not None:
            others = [one for one in others if one.country == like.country and one != like.organisation]
        if number in NOWHERE:
            return None
        return alone if number == ALONE else others[number % len(others)]

    def _sign(
        self, numbers: Iterable[int], *, name: Callable[[str], str] = str, how: str | None = None
    ) -> list[Signature]:
        some = [self.people[number] for number in numbers]
        return [Signature(one, name(one.name), _spelled(one.organisation, how) if how else one.spelled) for one in some]

    def _word(self) -> str:
        syllables = (self._dice.choice("bdfgklmnprstvz") + self._dice.choice("aeiouaeioué") for _ in range(4))
        return "".join(syllables).title()


def _spelled(organisation: Organisation, how: str) -> str:
    return _SPELLINGS[how][1](organisation.name) if organisation.is_registered else organisation.name
