"""The formats of the files, what the files say as linked data (JSON-LD 1.1), and when copies are due. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import quote

from shared.kernel.resource import Resource
from shared.open_data.licences import Licence, licence_of

FORMATS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonld": "application/ld+json",
}
"""The media type of each format."""
PREFIXES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
KEPT = timedelta(days=30)
"""How long each copy is kept; the last one of a month always is."""
_COPY_HOUR = 22
DATASET_TYPES = ("dcat:Dataset", "schema:Dataset")
TermKind = Literal["plain", "texts", "json", "date", "instant", "decimal", "reference"]
_KNOWN = {"titles": "schema:name", "descriptions": "schema:description"}
"""Fields that have a term of a common vocabulary."""
_COERCED: Mapping[TermKind, Mapping[str, str]] = {
    "plain": {},
    "texts": {"@container": "@language"},
    "json": {"@type": "@json"},
    "date": {"@type": "xsd:date"},
    "instant": {"@type": "xsd:dateTime"},
    "decimal": {"@type": "xsd:decimal"},
    "reference": {"@type": "@id"},
}


@dataclass(frozen=True, slots=True)
class Linked:
    """What the rows of a dataset are as linked data: their type, the address of their list, what kind of value each
    field has, and the address of the list that each reference leads to."""

    type: str
    path: str
    kinds: Mapping[str, TermKind]
    references: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses of an installation, and the licence of its data."""

    origin: str
    licence: Licence

    def address(self, path: str) -> str:
        """The address of a path from the origin."""
        return f"{self.origin}{path}"


def resource_of(service: str) -> Resource:
    """The resource whose path the files of a service are under."""
    return Resource(service, "open_data", "open_data")


def site_of(issuer: str, licence: str) -> Site:
    """The site whose addresses begin with the issuer, and whose data are under the licence."""
    return Site(issuer.rstrip("/"), licence_of(licence))


def context_of(linked: Linked, site: Site) -> dict[str, object]:
    """The context of a file: the guide describes the terms that are no others'."""
    own = site.address("/guides/open-data#")
    terms = {
        name: {"@id": _KNOWN.get(name, f"{own}{name}"), **_COERCED[kind]}
        for name, kind in linked.kinds.items()
        if name != "id"
    }
    return {"@version": 1.1, **PREFIXES, **terms}


def linked_row(row: Mapping[str, object], linked: Linked, site: Site) -> dict[str, object]:
    """A row in a file: its id and its references as addresses, without fields that have no value."""
    made: dict[str, object] = {"@id": site.address(f"{linked.path}/{quote(str(row['id']))}"), "@type": linked.type}
    for name, value in row.items():
        if value is not None and name != "id":
            path = linked.references.get(name)
            made[name] = _addresses(value, path, site) if path else value
    return made


def _addresses(value: object, path: str, site: Site) -> str | list[str]:
    """The address of a record by its id, or those of a list of ids."""
    if isinstance(value, list):
        return [site.address(f"{path}/{key}") for key in value]
    return site.address(f"{path}/{value}")


def is_copy_due(at: datetime, last: date | None) -> bool:
    """Whether copies are to be made at an instant, if `last` is the day of the newest ones: in the last two hours of a
    day (UTC), so that a day's copies have nearly all of it, and at any time if those of the day before are missing."""
    today = at.date()
    return last is None or last < today - timedelta(days=1) or (last < today and at.hour >= _COPY_HOUR)
