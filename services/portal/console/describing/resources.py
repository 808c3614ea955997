"""The kinds of record of the contract: a list with its item, its creation, its change, its history and its steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from services.portal.console.describing.fields import EVIDENCE, Field, Schema, field_of, fields_in, opening_in
from services.portal.reference.contents import documents
from shared.web.contract.sharing import opened, whole_of

SERVICES = ("membership", "centres", "actions", "access")
_JSON, _PATCH, _WITH_FILE = "application/json", "application/merge-patch+json", "multipart/form-data"
_RECORD = "{record}"
_CONTROLS = frozenset(("sort", "limit", "cursor", "fields", "include", "format", "safe", "bom"))
FRAME = (
    *("id", "ref", "version", "status", "country", "visibility"),
    *("created_at", "created_by", "updated_at", "updated_by"),
)
"""The members that every record has."""
_NOT_ENTERED = frozenset(("sha256",))
"""What programs alone say of a new record."""
_NOT_SHOWN = frozenset((*FRAME, "allowed_actions", "links"))


@dataclass(frozen=True, slots=True)
class Part:
    """A list below a record, such as its messages, with what is written to it. `says_permitted`: it says whether the
    caller may."""

    name: str
    members: tuple[Field, ...]
    creation: tuple[Field, ...] | None
    says_permitted: bool


@dataclass(frozen=True, slots=True)
class Has:
    """What there is of a kind: histories, steps, steps that wait for a second person, the list as a file, steps of
    several records at once; and whether its list says what its caller may do."""

    history: bool
    steps: bool
    pending: bool
    file: bool
    many: bool
    permitted: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record. `creation` and `change` are the fields of its forms, None where there is none."""

    service: str
    plural: str
    path: str
    about: str
    members: tuple[Field, ...]
    filters: tuple[Field, ...]
    creation: tuple[Field, ...] | None
    change: tuple[Field, ...] | None
    parts: tuple[Part, ...]
    verbs: tuple[str, ...]
    has: Has

    @property
    def name(self) -> str:
        """Its name in vocabularies, such as `membership.experts`."""
        return f"{self.service}.{self.plural}"

    @property
    def page(self) -> str:
        """The address of its list in the console."""
        return f"/console/{self.service}/{self.plural}"


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds of record by the address of their list."""
    return {kind.path: kind for service in SERVICES for kind in _kinds_of(service)}


def kind_of(service: str, plural: str) -> Kind | None:
    """A kind of record, if there is one."""
    return kinds().get(f"/{service}/v1/{plural}")


@dataclass(frozen=True, slots=True)
class Related:
    """A list, and the filter that narrows it to those that name a record. `for_all`: every caller sees the member that
    names it. Otherwise the list refuses the filter to some."""

    kind: Kind
    narrow: str
    for_all: bool


@cache
def related_to(path: str) -> tuple[Related, ...]:
    """The lists that one can narrow to those that name a record of this kind."""
    found = []
    for kind in kinds().values():
        names = {each.name for each in kind.filters}
        for member in kind.members:
            short = member.name.removesuffix("_id")
            if member.refers == path and (narrow := next((one for one in (member.name, short) if one in names), None)):
                found.append(Related(kind, narrow, member.is_required))
    return tuple(dict.fromkeys(found))


def _kinds_of(service: str) -> Iterator[Kind]:
    document = documents()[service]
    paths = document["paths"]
    for path, item in paths.items():
        plural = path.removeprefix(f"/{service}/v1/")
        if "/" in plural or "{" in plural or "get" not in item:
            continue
        entry = _entry_of(document, item["get"])
        if entry is not None and "get" in paths.get(f"{path}/{_RECORD}", {}):
            yield _kind(service, document, path, plural, entry)


def _kind(service: str, document: Mapping[str, Any], path: str, plural: str, entry: Schema) -> Kind:
    paths = document["paths"]
    opening = opening_in(document)
    listing, one = paths[path], paths.get(f"{path}/{_RECORD}", {})
    moving = _body(document, paths.get(f"{path}/{_RECORD}/transitions", {}).get("post", {}))
    parameters = [opened(document, each) for each in listing["get"].get("parameters", ())]
    creation = _body(document, listing.get("post", {}), *((_WITH_FILE,) if path == EVIDENCE else ()))
    change = _body(document, one.get("patch", {}))
    has_frame = {"ref", "status", "version"} <= entry["properties"].keys()
    written = fields_in(creation, opening, without=_NOT_ENTERED) if creation is not None else None
    return Kind(
        service,
        plural,
        path,
        str(listing["get"].get("description", "")).partition(" Those that the caller")[0],
        fields_in(entry, opening, without=_NOT_SHOWN),
        tuple(
            field_of(each["name"], {**each["schema"], "description": each.get("description", "")}, opening)
            for each in parameters
            if each["in"] == "query" and each["name"] not in _CONTROLS
        ),
        written,
        _changeable(fields_in(change, opening), written or ()) if change is not None else None,
        tuple(_parts(document, path)),
        tuple((moving or {}).get("properties", {}).get("action", {}).get("x-extensible-enum", ())),
        Has(
            history=f"{path}/{_RECORD}/history" in paths,
            steps="get" in paths.get(f"{path}/{_RECORD}/transitions", {}),
            pending="get" in paths.get(f"{path}/{_RECORD}/transitions/pending", {}),
            file=any(each["name"] == "format" for each in parameters),
            many=f"{path}/bulk_transitions" in paths,
            permitted=has_frame and any(each["name"] == "include" for each in parameters),
        ),
    )


def _changeable(change: tuple[Field, ...], written: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields of a change, entered as at the creation: a merge patch knows less of its values. What must not be
    removed there must not be here."""
    at_creation = {field.name: field for field in written}
    return tuple(at_creation.get(field.name, field) for field in change)


def _parts(document: Mapping[str, Any], path: str) -> Iterator[Part]:
    opening = opening_in(document)
    above = f"{path}/{_RECORD}/"
    for below, item in document["paths"].items():
        name = below.removeprefix(above)
        if not below.startswith(above) or "/" in name or "get" not in item or name in ("history", "transitions"):
            continue
        entry = _entry_of(document, item["get"])
        if entry is not None:
            body = _body(document, item.get("post", {}))
            creation = fields_in(body, opening) if body is not None else None
            names = {opened(document, each)["name"] for each in item["get"].get("parameters", ())}
            yield Part(name, fields_in(entry, opening, without=_NOT_SHOWN), creation, "include" in names)


def _entry_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Schema | None:
    """The schema of the entries of a list; None if the operation returns no list."""
    response = opened(document, operation.get("responses", {}).get("200", {}))
    schema = response.get("content", {}).get(_JSON, {}).get("schema")
    entries = opened(document, schema).get("properties", {}).get("items", {}) if schema else {}
    return whole_of(document, opened(document, entries["items"])) if "items" in entries else None


def _body(document: Mapping[str, Any], operation: Mapping[str, Any], *more: str) -> Schema | None:
    content = operation.get("requestBody", {}).get("content", {})
    schema = next((content[media]["schema"] for media in (_JSON, _PATCH, *more) if media in content), None)
    return opened(document, schema) if schema else None
