"""What may be imported, and the headings that its files may have, from the contract."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from services.portal.console.describing.labels import list_label
from services.portal.console.session.caller import Caller
from services.portal.reference.contents import documents

SERVICES = ("membership", "centres", "actions")
_IMPORT = "import"


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
    """All kinds with what their records are called, by that name."""
    named = [(key, list_label(key, language)) for key in import_kinds()]
    return sorted(named, key=lambda one: one[1])


async def allowed_kinds(caller: Caller) -> list[tuple[str, str]]:
    """Those kinds that the caller may import somewhere, as far as their lists say so."""
    named = named_kinds(caller.language)

    async def is_allowed(kind: ImportKind) -> bool:
        reply = await caller.get(f"/{kind.service}/v1/{kind.resource}", {"limit": "1", "include": "permitted"})
        return reply.status_code != 200 or _IMPORT in (reply.document.get("permitted") or ())

    allowed = await asyncio.gather(*(is_allowed(import_kinds()[key]) for key, _ in named))
    return [one for one, is_so in zip(named, allowed, strict=True) if is_so]


def _headings(document: Mapping[str, Any], service: str) -> Mapping[str, Sequence[str]]:
    body = document["paths"][f"/{service}/v1/imports"]["post"]["requestBody"]["content"]["multipart/form-data"]
    name = str(body["schema"]["$ref"]).rpartition("/")[2]
    found: Mapping[str, Sequence[str]]
    found = document["components"]["schemas"][name]["properties"]["resource"]["x-escm-headings"]
    return found
