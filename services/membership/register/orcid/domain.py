"""How long a sign-in to ORCID may take, and what an import reads from an ORCID record."""

from dataclasses import dataclass
from datetime import timedelta

from shared.kernel.countries import COUNTRIES

PURPOSE = "orcid_link"
"""The purpose of the token that ORCID returns as `state`; also the verb, and the name of the change in the history."""
ISSUER = "https://orcid.org"
"""ORCID as an identity provider, at which people sign in to their accounts. Its sandbox proves nothing."""
LIFE = timedelta(minutes=10)
OUTCOMES = ("created", "updated", "unchanged", "ended", "failed")
"""What an import can do with an affiliation; its result counts each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrcidAffiliation:
    """A public employment or education of an ORCID record. `put_code`: its section and number, which never change.
    `raw`: the organisation as text. Dates are years, months or days."""

    put_code: str
    raw: str
    ror: str | None
    role: str | None
    unit: str | None
    starts: str | None
    ends: str | None


def organisation_text(name: str, city: str | None, country: str | None) -> str:
    """An organisation with its place, as affiliations are written: `Green Plains University, Springfield, France`."""
    known = COUNTRIES.get(country or "")
    return ", ".join(filter(None, (name, city, known.names["en"] if known else None)))
