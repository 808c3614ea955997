"""A record of ROR schema 2.1 as an institution. Source: https://ror.readme.io/docs/ror-data-structure"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.membership.register.institutions.domain import unique_domains
from services.membership.register.institutions.relations import KINDS

RECORD_KEYS = frozenset({"id", "names", "locations", "status", "relationships"})
"""The keys that distinguish such a record from other JSON."""
STATUSES: Mapping[str, str] = {"active": "verified", "inactive": "inactive", "withdrawn": "withdrawn"}


def fields_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a body, not yet validated. Leaves out what ROR does not contain (visibility, heri).

    Links of type `website` become web pages; external ids and years are dropped. A name with an invalid BCP 47 tag
    loses the tag.
    """
    places = [_details(place) for place in _objects(record.get("locations"))]
    country = next((place["country_code"] for place in places if place.get("country_code")), None)
    return {
        "names": [_name(name) for name in _objects(record.get("names"))],
        "country": country,
        "ror": record.get("id"),
        "types": [kind for kind in record.get("types") or () if isinstance(kind, str)],
        "domains": unique_domains([domain for domain in record.get("domains") or () if isinstance(domain, str)]),
        "links": [link.get("value") for link in _objects(record.get("links")) if link.get("type") == "website"],
        "locations": [_location(place) for place in places],
        "relations": [_relation(each) for each in _objects(record.get("relationships")) if _kind(each) in KINDS],
    }


def _objects(value: Any) -> Sequence[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _name(name: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": name.get("value"), "language": name.get("lang"), "types": name.get("types") or ["label"]}


def _details(place: Mapping[str, Any]) -> dict[str, Any]:
    details = place.get("geonames_details")
    return {**(details if isinstance(details, dict) else {}), "geonames": place.get("geonames_id")}


def _location(place: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "subdivision": place.get("country_subdivision_name"),
        "city": place.get("name"),
        "geonames": place["geonames"],
        "lat": place.get("lat"),
        "lon": place.get("lng"),
    }


def _kind(relationship: Mapping[str, Any]) -> str:
    return str(relationship.get("type", "")).lower()


def _relation(relationship: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": _kind(relationship), "ror": relationship.get("id"), "label": relationship.get("label")}
