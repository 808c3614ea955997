"""The person of a row, in imports of lists that name people."""

from collections.abc import Mapping
from typing import Any

from services.membership.events.prospects.domain import NamedPerson
from services.membership.register.experts.jobs import NAMES, is_nowhere, name_and_country, name_cells
from services.membership.register.experts.schemas import Name
from shared.kernel.text import email_key, fold
from shared.web.contract.fields import Body, CountryCode, Email, Line

PERSON_HEADINGS = (*NAMES, "country", "organisation", "email")


class PersonRow(Body):
    """The fields of a person that a row may set."""

    names: list[Name]
    country: CountryCode
    organisation: Line | None = None
    email: Email | None = None


def person_in(one: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the person in a row's texts. Raises RowFault without a name or a country."""
    body = name_and_country(one)
    if not is_nowhere(one.get("organisation")):
        body["organisation"] = one["organisation"]
    return body | ({"email": one["email"]} if "email" in one else {})


def person_identity(one: Mapping[str, str]) -> tuple[str, ...]:
    """How a later file names the same person, in addition to the country."""
    return (*(fold(one.get(name, "")) for name in (*NAMES, "organisation")), email_key(one.get("email", "")))


def person_of(
    values: Mapping[str, Any], category: str, role: str | None = None, *, is_listed: bool = False
) -> NamedPerson:
    """The person of a valid row. Nobody has shown that the address is theirs."""
    return NamedPerson(
        names=values["names"],
        country=values["country"],
        category=category,
        email=values.get("email"),
        organisation=values.get("organisation"),
        role=role,
        is_listed=is_listed,
    )


def person_cells(named: Mapping[str, Any]) -> dict[str, str | None]:
    """The person in an export: `name` as in an expert's record, `organisation` and `email`."""
    return {
        **name_cells(named.get("name") or {}),
        "organisation": named.get("organisation"),
        "email": named.get("email"),
    }
