"""The register of the demonstration: institutions, experts and their affiliations, over three years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from deploy.demonstration.making import Day, Making, Verbs
from deploy.demonstration.people import PLACES, Person, institutions, people
from services.membership.register.affiliations import operations as affiliations
from services.membership.register.affiliations.schemas import values
from services.membership.register.experts import operations as experts
from services.membership.register.experts.affiliation import AffiliationCreate
from services.membership.register.experts.record import Expert
from services.membership.register.experts.schemas import ExpertBody
from services.membership.register.institutions import operations as institution_operations
from services.membership.register.institutions.schemas import InstitutionBody
from services.membership.seed import SECRETARIAT

EXPERTS = Verbs.of(experts, experts.EXPERTS)
INSTITUTIONS = Verbs.of(institution_operations, institution_operations.INSTITUTIONS)
_FOUNDED = 1_300
"""How many days ago the register begins."""
_WAVE = 30
"""The days from one wave of newcomers to the next."""
_WAVES = 41
_KNOWN = """
SELECT id, unnest(domains) AS key FROM member_institution WHERE country = ANY($1)
UNION ALL
SELECT id, unnest(email_keys) FROM member_expert WHERE country = ANY($1)
"""
_WAY = ("invite", "apply", "start_review", "approve")
_STEPS: Mapping[str, Sequence[str]] = {
    "prospect": (),
    "invited": _WAY[:1],
    "applied": _WAY[:2],
    "info_requested": _WAY[:2],
    "under_review": _WAY[:3],
    "active": _WAY,
}


@dataclass(slots=True)
class Register:
    """The ids of the institutions and of the experts of each country, in the order in which they came; `active` are
    those of the active experts."""

    institutions: dict[str, list[UUID]] = field(default_factory=dict)
    experts: dict[str, list[UUID]] = field(default_factory=dict)
    active: dict[str, list[UUID]] = field(default_factory=dict)


async def enter(making: Making) -> Register:
    """Enters the institutions, then the experts in waves, but those who are there. The first five experts of a country
    come with the first wave."""
    register = Register()
    async with making.on(making.ago(_FOUNDED), "membership") as day:
        known = {row["key"]: row["id"] for row in await day.uow.connection.fetch(_KNOWN, [*PLACES])}
        for country in PLACES:
            entered = register.institutions[country] = []
            for domain, body in institutions(country):
                entered.append(known.get(domain) or await _institution(day, body))
    waves: dict[int, list[Person]] = {}
    for country in PLACES:
        for person in people(country):
            waves.setdefault(_wave_of(person), []).append(person)
    for number in sorted(waves):
        async with making.on(making.ago(_FOUNDED - 20 - number * _WAVE), "membership") as day:
            for person in waves[number]:
                at = register.institutions[person.country][person.at]
                key = known.get(person.email) or await _expert(day, person, at)
                register.experts.setdefault(person.country, []).append(key)
                if person.status == "active":
                    register.active.setdefault(person.country, []).append(key)
    return register


def _wave_of(person: Person) -> int:
    """The first five come at once; whoever waits for a decision came with one of the last waves."""
    if person.status not in ("active", "prospect"):
        return _WAVES
    return 0 if person.number < 5 else 1 + (person.number * 5 + ord(person.country[1])) % (_WAVES - 2)


async def _institution(day: Day, body: Mapping[str, object]) -> UUID:
    checked = InstitutionBody.model_validate(body)
    entered = await day.enter(INSTITUTIONS, checked, columns=checked.model_dump(mode="json"))
    return UUID(str((await day.step(INSTITUTIONS, entered, "verify")).id))


async def _expert(day: Day, person: Person, at: UUID) -> UUID:
    body = ExpertBody.model_validate(person.body)
    columns = {**body.model_dump(mode="json"), "status": "prospect"}
    expert: Expert = await day.enter(EXPERTS, body, columns=columns)
    works = AffiliationCreate.model_validate({"institution_id": at, "primary": True})

    async def affiliate() -> None:
        new = replace(affiliations.blank(expert, "secretariat"), **values(works))
        await affiliations.create(day.uow, expert, new)

    await day.act(SECRETARIAT, affiliate)
    if steps := _STEPS[person.status]:
        expert = await day.step(EXPERTS, expert, *steps)
    if person.status == "info_requested":
        await day.step(EXPERTS, expert, "request_info", reason="Which of the two universities is yours?")
    return expert.id
