"""What may be imported, and the headings that its files may have, from the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from services.portal.console.frame.naming import kind_name
from services.portal.reference.contents import documents

SERVICES = ("membership", "centres", "actions")


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A resource that is imported. `headings` are those of its files."""

    service: str
    resource: str
    headings: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its name in forms, such as `membership.experts`."""
        return f"{self.service}.{self.resource}"


@cache
def import_kinds() -> Mapping[str, ImportKind]:
    """All kinds by their names."""
    found: dict[str, ImportKind] = {}
    for service in SERVICES:
        for resource, headings in _headings(documents()[service], service).items():
            kind = ImportKind(service, resource, tuple(headings))
            found[kind.key] = kind
    return MappingProxyType(found)


def named_kinds(language: str) -> list[tuple[str, str]]:
    """All kinds with what one record is called, by that name."""
    named = [(key, kind_name(kind.service, kind.resource, language)) for key, kind in import_kinds().items()]
    return sorted(named, key=lambda one: one[1])


def _headings(document: Mapping[str, Any], service: str) -> Mapping[str, Sequence[str]]:
    body = document["paths"][f"/{service}/v1/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]
    name = str(body["schema"]["$ref"]).rpartition("/")[2]
    found: Mapping[str, Sequence[str]]
    found = document["components"]["schemas"][name]["properties"]["resource"]["x-escm-headings"]
    return found
