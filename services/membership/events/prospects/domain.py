"""The person whom a list or a signature names, and which known expert that is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from services.membership.register.experts.domain import display_name, sort_name
from services.membership.register.experts.record import PersonName
from shared.kernel.text import email_key, fold

K = TypeVar("K", UUID, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A person as a list or a signature names them.

    `names` have the form of an expert's record. `email_verified`: the person has shown that the address is theirs.
    `organisation` is a text, or the id of an institution that the caller may know of. `category` is that of a new
    expert, `language` a BCP 47 tag. `is_listed`: an office names the person, so that an address finds the expert of the
    country who has confirmed it.
    """

    names: Sequence[PersonName]
    country: str
    category: str
    email: str | None = None
    email_verified: bool = False
    organisation: str | UUID | None = None
    role: str | None = None
    language: str | None = None
    is_listed: bool = False

    @property
    def verified_email(self) -> str | None:
        """The verified address in the form for comparison."""
        return self.email_key if self.email_verified else None

    @property
    def email_key(self) -> str | None:
        """The address in the form for comparison."""
        return email_key(self.email) if self.email else None

    @property
    def sort_name(self) -> str:
        """The folded name in one line; a name of signs alone as it is, which finds nobody."""
        shown = display_name(self.names)
        return sort_name(shown) or shown

    @property
    def workplace(self) -> str | UUID | None:
        """The organisation in the form for comparison."""
        return fold(self.organisation) or None if isinstance(self.organisation, str) else self.organisation


@dataclass(slots=True)
class Namesake:
    """Somebody with the name and country of a person. `workplaces` are the folded texts and names of the institutions
    of all affiliations, and their ids."""

    email_keys: Sequence[str]
    workplaces: set[str | UUID] = field(default_factory=set)

    def is_meant(self, person: NamedPerson) -> bool:
        """Whether both work at one place; neither of them may work anywhere. Two different addresses are two people."""
        at_one_place = person.workplace in self.workplaces if person.workplace else not self.workplaces
        return at_one_place and (not person.email or not self.email_keys or person.email_key in self.email_keys)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody who has shown that an address is theirs. `words` are those of all names, folded."""

    country: str
    words: frozenset[str]

    def is_meant(self, person: NamedPerson) -> bool:
        """Whether the person is of the country and has a word of the name: one address may be given for many people."""
        shared = {word for word in person.sort_name.split() if len(word) > 1} & self.words
        return person.country == self.country and bool(shared)


def confirmed_by(person: NamedPerson, known: Mapping[UUID, Confirmed]) -> UUID | None:
    """The one of them who is the person; None if several may be."""
    meant = [key for key, one in known.items() if one.is_meant(person)]
    return meant[0] if len(meant) == 1 else None


def meant_by(person: NamedPerson, namesakes: Mapping[K, Namesake]) -> K | None:
    """The first of the namesakes who is the person."""
    return min((key for key, one in namesakes.items() if one.is_meant(person)), default=None)


def first_mentions(people: Iterable[NamedPerson]) -> list[int]:
    """For each of these people, the place of the first mention of the same person."""
    by_address: dict[str, int] = {}
    by_name: dict[tuple[str, str], dict[int, Namesake]] = defaultdict(dict)
    places = []
    for place, person in enumerate(people):
        if person.verified_email:
            first = by_address.setdefault(person.verified_email, place)
        else:
            namesakes = by_name[person.country, person.sort_name]
            found = meant_by(person, namesakes)
            first = place if found is None else found
            addresses = [person.email_key] if person.email_key else []
            namesakes.setdefault(first, Namesake(addresses, {person.workplace} if person.workplace else set()))
        places.append(first)
    return places
