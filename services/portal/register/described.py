"""The records of the register as things of schema.org, with the type that headers name."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from services.portal.pages.classifications import term_name
from services.portal.pages.linked import without_none
from services.portal.pages.texts import best, country_name

Values: TypeAlias = Mapping[str, Any]
_Said: TypeAlias = Callable[[Values, str], dict[str, Any]]


def _expert(values: Values, language: str) -> dict[str, Any]:
    record = values["record"]
    named = [institution["display_name"] for _, institution in values["affiliations"] if institution]
    return without_none(
        name=record["display_name"],
        alternateName=values["forms"],
        knowsAbout=[term_name(code, language) for code in record["fields"]],
        sameAs=record["orcid"],
        affiliation=[{"@type": "Organization", "name": name} for name in named],
    )


def _institution(values: Values, _language: str) -> dict[str, Any]:
    record = values["record"]
    return without_none(
        name=record["display_name"],
        alternateName=[name["value"] for name in (*values["others"], *values["former"])],
        sameAs=record["ror"],
        url=next(iter(values["pages"]), None),
        address=without_none(**{"@type": "PostalAddress", "addressCountry": record["country"]}),
    )


def _centre(values: Values, language: str) -> dict[str, Any]:
    record, host = values["record"], values["host"]
    return without_none(
        name=best(record["names"], language)[1],
        identifier=record["registration_number"],
        foundingDate=record["designated_on"],
        knowsAbout=[term_name(each, language) for each in record["themes"]],
        parentOrganization=host and {"@type": "Organization", "name": host["display_name"]},
        address={"@type": "PostalAddress", "addressCountry": record["country"]},
    )


def _initiative(values: Values, language: str) -> dict[str, Any]:
    record = values["record"]
    return without_none(name=best(record["titles"], language)[1], dateCreated=record["adopted_at"])


def _country(values: Values, language: str) -> dict[str, Any]:
    record = values["record"]
    name = country_name(record["code"], language)
    return without_none(
        name=name,
        dateModified=record["as_of"],
        spatialCoverage={"@type": "Country", "name": name, "identifier": record["code"]},
        isAccessibleForFree=True,
    )


DESCRIBED: Mapping[str, tuple[str, str, str, _Said]] = {
    "experts": ("Person", "/membership/v1/experts", "ref", _expert),
    "institutions": ("Organization", "/membership/v1/institutions", "ref", _institution),
    "centres": ("ResearchOrganization", "/centres/v1/centres", "ref", _centre),
    "initiatives": ("CreativeWork", "/membership/v1/initiatives", "ref", _initiative),
    "countries": ("Dataset", "/actions/v1/open_data/countries", "code", _country),
}
"""For each kind: its type, where the API has it, the field that keys it, and what is said about it."""
