"""The person whom a list or a signature names, and which known expert that is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.membership.experts.domain import display_name, sort_name
from services.membership.experts.record import PersonName
from shared.kernel.text import email_key, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """A person as a list or a signature names them.

    `names` have the form of an expert's record. `email_verified`: the person has shown that the address is theirs.
    `organisation` is a text, or the id of an institution that the caller may know of. `category` is that of a new
    expert, `language` a BCP 47 tag.
    """

    names: Sequence[PersonName]
    country: str
    category: str
    email: str | None = None
    email_verified: bool = False
    organisation: str | UUID | None = None
    role: str | None = None
    language: str | None = None

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
        """The folded name in one line."""
        return sort_name(display_name(self.names))

    @property
    def workplace(self) -> str | UUID | None:
        """The organisation in the form for comparison."""
        return fold(self.organisation) or None if isinstance(self.organisation, str) else self.organisation

    @property
    def identity(self) -> tuple[str, ...]:
        """Equal for two mentions of one person in a list."""
        if self.verified_email:
            return (self.verified_email,)
        return self.country, self.sort_name, str(self.workplace or ""), self.email_key or ""


@dataclass(slots=True)
class Namesake:
    """A living expert with the name and country of a person. `workplaces` are the folded texts and names of the
    institutions of all affiliations, and their ids."""

    id: UUID
    email_keys: Sequence[str]
    workplaces: set[str | UUID] = field(default_factory=set)

    def is_meant(self, person: NamedPerson) -> bool:
        """Whether the expert works where the person does; neither of them may work anywhere. Two different addresses
        are two people."""
        at_one_place = person.workplace in self.workplaces if person.workplace else not self.workplaces
        return at_one_place and (not person.email or not self.email_keys or person.email_key in self.email_keys)


def meant_by(person: NamedPerson, namesakes: Iterable[Namesake]) -> UUID | None:
    """The oldest of the namesakes who is the person."""
    return min((one.id for one in namesakes if one.is_meant(person)), default=None)
