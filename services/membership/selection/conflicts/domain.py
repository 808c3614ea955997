"""Which conflicts of interest the members of a panel have."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.records.panels import Conflict

OWN_NOMINATION, NOMINATOR, SAME_INSTITUTION, DECLARED_INTEREST, RECUSED = KINDS = (
    "own_nomination",
    "nominator",
    "same_institution",
    "declared_interest",
    "recused",
)


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared about an expert. `addresses` are folded mail addresses, `institutions` ids or folded names of
    those of the last years, `names` the folded names of the person, `parties` those of declared interests."""

    expert_id: UUID
    addresses: frozenset[str]
    institutions: frozenset[str]
    names: frozenset[str]
    parties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Nominee:
    """A nomination: its nominee, the folded address of its nominator, and the conflicts that are known."""

    nomination: UUID
    person: Person
    nominator_key: str
    known: Sequence[Conflict]


def new_conflicts(panel: Sequence[Person], nominee: Nominee) -> list[Conflict]:
    """The conflicts of the panel's members about a nomination that are not known yet."""
    found: list[Conflict] = [
        {"expert_id": str(member.expert_id), "kind": kind} for member in panel for kind in _kinds(member, nominee)
    ]
    return [conflict for conflict in found if conflict not in nominee.known]


def _kinds(member: Person, nominee: Nominee) -> Iterator[str]:
    person = nominee.person
    if member.expert_id == person.expert_id:
        yield OWN_NOMINATION
        return
    if nominee.nominator_key in member.addresses:
        yield NOMINATOR
    if member.institutions & person.institutions:
        yield SAME_INSTITUTION
    if member.parties & (person.names | person.institutions) or person.parties & member.names:
        yield DECLARED_INTEREST
