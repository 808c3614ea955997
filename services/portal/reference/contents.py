"""What the reference lists: each operation with its context, its verbs and the words that find it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import orjson

from shared.web.contract.contract import STATES
from shared.web.contract.sharing import opened
from shared.web.contract.typed import OTHER_MEDIA
from shared.web.contract.vocabularies import terms_of

Document: TypeAlias = Mapping[str, Any]
SERVICES = ("membership", "centres", "actions", "access", "portal")
_ONE = re.compile(r".*\b(an? [^,]+)")
_METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of a transition for one resource: what it is called, and what it means."""

    code: str
    title: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. `verbs` are those of a transition; `words` are what else the contract says of it: parameters, media
    types, members of the body."""

    id: str
    service: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    verbs: tuple[Verb, ...]
    words: str

    def task(self, verb: Verb) -> str:
        """What a verb of the transition does: `Approve an expert`, or `Extend the deadline (a call)`."""
        moved = _ONE.search(self.summary)
        what = moved[1] if moved else self.summary
        return f"{verb.title} ({what})" if " " in verb.title or not moved else f"{verb.title} {what}"


@dataclass(frozen=True, slots=True)
class Tag:
    """The operations of one kind of record."""

    name: str
    about: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of record of one context of a service."""

    name: str
    about: str
    tags: tuple[Tag, ...]


@cache
def documents() -> Mapping[str, Document]:
    """The committed document of each service."""
    folder = files("services.portal").joinpath("specs")
    return {service: orjson.loads(folder.joinpath(f"{service}.json").read_bytes()) for service in SERVICES}


@cache
def operations() -> Mapping[str, Operation]:
    """All operations by id."""
    return {one.id: one for service in SERVICES for one in _operations(service)}


@cache
def groups(service: str) -> tuple[Group, ...]:
    """The operations of a service by context and kind. Raises KeyError for an unknown service."""
    document = documents()[service]
    about = {tag["name"]: tag.get("description", "") for tag in document["tags"]}
    of_tag: dict[str, list[Operation]] = {}
    for one in operations().values():
        if one.service == service:
            of_tag.setdefault(one.tag, []).append(one)
    return tuple(
        Group(
            group["name"],
            group.get("description", ""),
            tuple(Tag(name.replace("_", " "), about[name], tuple(of_tag[name])) for name in group["tags"]),
        )
        for group in document["x-tagGroups"]
    )


def _operations(service: str) -> Iterator[Operation]:
    document = documents()[service]
    for path, item in document["paths"].items():
        for method in _METHODS:
            if described := item.get(method):
                body = _body_of(document, described)
                tag = described["tags"][0]
                codes = body.get("properties", {}).get("action", {}).get(STATES, ())
                yield Operation(
                    described["operationId"],
                    service,
                    tag,
                    method.upper(),
                    path,
                    described["summary"],
                    described["description"],
                    tuple(_verb(code, f"{service}.{tag}") for code in codes),
                    " ".join(_words(document, described, body)),
                )


def _verb(code: str, resource: str) -> Verb:
    terms = terms_of("verbs", code)
    own = next((term for term in terms if term.resource == resource), None) or next(iter(terms), None)
    return Verb(code, own.titles["en"], own.meaning) if own else Verb(code, code.replace("_", " ").capitalize(), "")


def _body_of(document: Document, described: Mapping[str, Any]) -> Mapping[str, Any]:
    for content in described.get("requestBody", {}).get("content", {}).values():
        return opened(document, content["schema"])
    return {}


def _words(document: Document, described: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    for parameter in described.get("parameters", ()):
        whole = opened(document, parameter)
        yield from (whole["name"], *whole["schema"].get(OTHER_MEDIA, ()))
    for name, member in body.get("properties", {}).items():
        yield from (name, member.get("description", ""))
    for status, response in described["responses"].items():
        if status.startswith("2"):
            whole = opened(document, response)
            yield from (whole.get("description", ""), *whole.get(OTHER_MEDIA, ()), *whole.get("content", ()))
