"""Invented institutions and experts of the fictional countries: the content of a new system, and the seed to which a
sandbox returns."""

from dataclasses import replace
from uuid import UUID

from services.membership.access import ROLES
from services.membership.register.affiliations import operations as affiliations
from services.membership.register.affiliations.schemas import values
from services.membership.register.experts import operations as experts
from services.membership.register.experts.affiliation import AffiliationCreate
from services.membership.register.experts.schemas import ExpertBody
from services.membership.register.institutions import operations as institutions
from services.membership.register.institutions.schemas import InstitutionBody
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.kernel.resource import Resource
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.resource_type import TransitionRequest

SECRETARIAT = Principal(
    PrincipalKind.SYSTEM, None, "demonstration", (Grant("secretariat_admin", "global", None, today(), None),)
)
_INSTITUTIONS = {
    "XA": (("University of Alpha", "alpha.example"), ("Alphaland Institute of Rivers", "rivers.example")),
    "XB": (("Beta State University", "beta.example"), ("Betaland Academy of Forests", "forests.example")),
}
_EXPERTS = {
    "XA": (
        ("Amara", "Okoye-Lind", "1.5", "freshwater-change", "active"),
        ("Tomas", "Ferreira", "1.6", "biosphere-integrity", "active"),
        ("Yuki", "Aldana", "4.1", "land-system-change", "prospect"),
        ("Nadia", "Brandt", "5.5", "climate-change", "applied"),
    ),
    "XB": (
        ("Ivo", "Marchetti", "1.5", "climate-change", "active"),
        ("Salma", "Haddad-Roy", "2.7", "novel-entities", "active"),
        ("Jonas", "Quispe", "4.1", "biogeochemical-flows", "invited"),
        ("Leila", "Novak", "1.6", "ocean-acidification", "under_review"),
    ),
}
COUNTRIES = tuple(_INSTITUTIONS)
_KNOWN_INSTITUTION = "SELECT id FROM member_institution WHERE country = $1 AND $2 = ANY(domains) LIMIT 1"
_KNOWN_EXPERT = "SELECT EXISTS (SELECT FROM member_expert WHERE country = $1 AND emails @> $2)"
_WAY = ("invite", "apply", "start_review", "approve")
_STEPS = {"prospect": 0, "invited": 1, "applied": 2, "under_review": 3, "active": 4}


async def enter(uow: UnitOfWork, country: str) -> None:
    """Enters the country's institutions and experts through the public operations, but those whose domain or address
    it has. Nothing for a country without a seed."""
    places = [await _institution(uow, country, name, domain) for name, domain in _INSTITUTIONS.get(country, ())]
    for number, (given, family, field, boundary, status) in enumerate(_EXPERTS.get(country, ())):
        email = f"{given.lower()}@{country.lower()}.example"
        if await uow.connection.fetchval(_KNOWN_EXPERT, country, [{"value": email}]):
            continue
        body = ExpertBody.model_validate(
            {
                "names": [{"given": given, "family": family}],
                "country": country,
                "emails": [{"value": email}],
                "fields": [field],
                "planetary_boundaries": [boundary],
                "visibility": "public" if status == "active" else "network",
            }
        )
        access = _access(experts.EXPERTS.resource)
        new = experts.EXPERTS.new({**body.model_dump(mode="json"), "status": "prospect"})
        expert = (await experts.create(uow, access, new)).record
        for action in _WAY[: _STEPS[status]]:
            expert = await experts.transition(uow, access, expert, TransitionRequest(action, None, {}))
        works = AffiliationCreate.model_validate({"institution_id": places[number % 2], "primary": True})
        new_affiliation = replace(affiliations.blank(expert, "secretariat"), **values(works))
        await affiliations.create(uow, expert, new_affiliation)


async def _institution(uow: UnitOfWork, country: str, name: str, domain: str) -> UUID:
    known: UUID | None = await uow.connection.fetchval(_KNOWN_INSTITUTION, country, domain)
    if known is not None:
        return known
    body = InstitutionBody.model_validate(
        {
            "names": [{"value": name, "language": "en", "types": ["ror_display"]}],
            "country": country,
            "types": ["education"],
            "domains": [domain],
            "visibility": "public",
        }
    )
    access = _access(institutions.INSTITUTIONS.resource)
    new = institutions.INSTITUTIONS.new(body.model_dump(mode="json"))
    entered = await institutions.create(uow, access, new)
    return (await institutions.transition(uow, access, entered, TransitionRequest("verify", None, {}))).id


def _access(resource: Resource) -> AccessScope:
    return access_scope_for(SECRETARIAT, ROLES, resource)
