"""GeoJSON (RFC 7946): records as features at their places on a map."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

MEDIA_TYPE = "application/geo+json"
DISCLAIMER = (
    "The designations and positions used do not imply any opinion on the legal status of any country or territory, or"
    " on its frontiers."
)
Geometry: TypeAlias = Mapping[str, object]


def points(places: Iterable[tuple[float, float]]) -> Geometry | None:
    """The geometry of places, each with its latitude and longitude: None without one."""
    found = [[longitude, latitude] for latitude, longitude in places]
    if not found:
        return None
    return (
        {"type": "Point", "coordinates": found[0]} if len(found) == 1 else {"type": "MultiPoint", "coordinates": found}
    )


def feature(identity: str, geometry: Geometry | None, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A record at its place; a place that is not known is null."""
    return {"type": "Feature", "id": identity, "geometry": geometry, "properties": properties}
