"""What the register shows of a centre, and its form as GeoJSON and JSON-LD."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from services.centres.designation.centres.domain import PUBLISHED
from shared.kernel import geojson

FORMER = frozenset({"suspended", "expired", "closed"})
SHOWN = PUBLISHED | FORMER
STEPS = ("designated", "renewed", "suspended", "reinstated", "expired", "closed")
CHANGES = (*STEPS, "renamed", "host_changed", "director_changed", "moved", "removed")
CONTEXT = "https://schema.org"
DEFINITION = (
    "Centres of visibility public in state active, renewal_due or renewal_review{former}, as the public register showed"
    " them at the end of the day. The name of a director is the present one, and null if the expert is not public now."
)
FORMER_TOO = ", and those that were suspended, expired or closed"
DISCLAIMER = f"{geojson.DISCLAIMER} Positions are those that the centres state."


class Named(TypedDict):
    """A record of another service, with the name that the public may read."""

    id: str
    name: str | None


class Position(TypedDict):
    """Degrees in WGS 84."""

    lat: float
    lon: float


class Term(TypedDict):
    """The latest term that has begun; the first one from the designation on."""

    number: int
    starts: str
    ends: str


class Successor(TypedDict):
    """The centre that goes on with the work of one that closed."""

    id: str
    registration_number: str


class Shown(TypedDict):
    """A centre as an entry stores it. The website is that of its profile, if there is one; the successor that of a
    closed centre."""

    id: str
    registration_number: str | None
    names: Mapping[str, str]
    country: str
    host: Named
    unit: str | None
    director_id: str | None
    status: str
    term: Term | None
    themes: Sequence[str]
    position: Position | None
    website: NotRequired[str | None]
    successor: NotRequired[Successor | None]


class RegisteredCentre(TypedDict):
    """A centre as the register shows it."""

    id: str
    registration_number: str | None
    names: Mapping[str, str]
    country: str
    host: Named
    unit: str | None
    director: Named | None
    status: str
    term: Term | None
    themes: Sequence[str]
    position: Position | None
    website: str | None
    successor: Successor | None


def registered(shown: Shown, directors: Mapping[str, Named]) -> RegisteredCentre:
    """The centre, with its director if the public may read the name now."""
    return {
        "id": shown["id"],
        "registration_number": shown["registration_number"],
        "names": shown["names"],
        "country": shown["country"],
        "host": shown["host"],
        "unit": shown["unit"],
        "director": directors.get(shown["director_id"] or ""),
        "status": shown["status"],
        "term": shown["term"],
        "themes": shown["themes"],
        "position": shown["position"],
        "website": shown.get("website"),
        "successor": shown.get("successor"),
    }


def feature(centre: RegisteredCentre) -> dict[str, object]:
    """A Feature of GeoJSON (RFC 7946): longitude before latitude; without a position the geometry is null."""
    position = centre["position"]
    place = geojson.points([(position["lat"], position["lon"])] if position else [])
    properties = {name: value for name, value in centre.items() if name not in ("id", "position")}
    return geojson.feature(centre["id"], place, properties)


def organization(centre: RegisteredCentre, issuer: str) -> dict[str, object]:
    """A ResearchOrganization of schema.org. Its id is the address of its page."""
    page = f"{issuer.rstrip('/')}/en/centres/{centre['id']}"
    names = centre["names"]
    name, *others = dict.fromkeys(text for text in (names.get("en"), *names.values()) if text)
    position, host, director = centre["position"], centre["host"], centre["director"]
    document: dict[str, object] = {
        "@type": "ResearchOrganization",
        "@id": page,
        "url": centre["website"] or page,
        "identifier": centre["registration_number"],
        "name": name,
        "alternateName": others,
        "parentOrganization": {"@type": "Organization", "name": host["name"]} if host["name"] else None,
        "employee": director and {"@type": "Person", "name": director["name"], "jobTitle": "Director"},
        "address": {"@type": "PostalAddress", "addressCountry": centre["country"]},
        "location": position and {
            "@type": "Place",
            "geo": {"@type": "GeoCoordinates", "latitude": position["lat"], "longitude": position["lon"]},
        },
        "knowsAbout": [theme.replace("-", " ") for theme in centre["themes"]],
    }  # fmt: skip
    return {member: value for member, value in document.items() if value}
