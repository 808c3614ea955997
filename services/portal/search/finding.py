"""The search over public records and guides, in any script.

Each kind of record is searched as its list is: by the names of all languages, folded. A kind has a fixed number of
hits; its list has the others.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from services.portal.guides.search import search as search_guides
from services.portal.pages.texts import best, country_name
from services.portal.reading.reads import PageReads
from services.portal.reports.views import RELEASED
from shared.kernel.errors import Unavailable, invalid_parameter
from shared.kernel.text import search_pattern

DOCUMENTS = "documents"
LONGEST = 200
"""Characters of a search."""
MOST = 10
"""Hits of one kind."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A public record or a guide. `language` is that of the title; None for a name, which has none. `api` is its
    address in the API, if it is a record."""

    kind: str
    key: str
    title: str
    language: str | None
    country: str | None
    api: str | None
    page: str


@dataclass(slots=True)
class Found:
    """The hits in the order of kinds. `more` are the kinds with further hits; `unavailable` those whose service does
    not respond."""

    hits: list[Hit] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    unavailable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a kind is listed, the field that keys it, and the title of an item with its language."""

    service: str
    key: str
    title: Callable[[Mapping[str, Any], str], tuple[str | None, str]]
    names: str
    query: Mapping[str, str] = field(default_factory=dict)
    place: str | None = None
    """Where its pages are, by members of items; by default below the name of the kind."""


def _country(item: Mapping[str, Any], language: str) -> tuple[str | None, str]:
    return language, country_name(item["code"], language)


def _name(item: Mapping[str, Any], _language: str) -> tuple[str | None, str]:
    return None, item["display_name"]


def _texts(name: str, item: Mapping[str, Any], language: str) -> tuple[str | None, str]:
    return best(item[name], language)


_BY_NAME = {"sort": "display_name"}
_RECORDS: Mapping[str, _Kind] = {
    "countries": _Kind("actions", "code", _country, "code"),
    "experts": _Kind("membership", "ref", _name, "ref,country,display_name", _BY_NAME),
    "institutions": _Kind("membership", "ref", _name, "ref,country,display_name", _BY_NAME),
    "centres": _Kind("centres", "ref", partial(_texts, "names"), "ref,country,names"),
    "initiatives": _Kind("membership", "ref", partial(_texts, "titles"), "ref,country,titles"),
    "editions": _Kind(
        "actions", "ref", partial(_texts, "titles"), "ref,country,titles", {"status": RELEASED}, "reports/{ref}"
    ),
    "contributions": _Kind(
        "actions",
        "ref",
        partial(_texts, "titles"),
        "ref,country,titles,edition_id",
        {},
        "reports/{edition_id}/{ref}",
    ),
}
_OF_REPORTS = ("editions", "contributions")
KINDS = (*_RECORDS, DOCUMENTS)


def searched(q: str) -> str:
    """The text of a search. Raises Malformed if it is too long or has nothing to search for."""
    if len(q) > LONGEST:
        raise invalid_parameter("q", f"At most {LONGEST} characters.")
    if search_pattern(q) is None:
        raise invalid_parameter("q", "The text has nothing to search for.")
    return q


def kinds_of(raw: str) -> tuple[str, ...]:
    """The kinds that a parameter names, by commas; all without any. Raises Malformed for another one."""
    if not raw:
        return KINDS
    asked = raw.split(",")
    if not set(asked) <= set(KINDS):
        raise invalid_parameter("kinds", f"Kinds are {', '.join(KINDS)}.")
    return tuple(kind for kind in KINDS if kind in asked)


async def find(reads: PageReads, q: str, kinds: Sequence[str], language: str) -> Found:
    """What is found of each kind, with titles for a reader of the language. Raises Unavailable if no service of the
    asked kinds responds, RateLimited."""
    answers = await asyncio.gather(*(_hits(reads, kind, q, language) for kind in kinds))
    found = Found()
    for kind, answer in zip(kinds, answers, strict=True):
        if answer is None:
            found.unavailable.append(kind)
            continue
        hits, has_more = answer
        found.hits += hits
        found.more += [kind] if has_more else []
    if len(found.unavailable) == len(kinds):
        raise Unavailable("No service of these kinds responds.")
    return found


def page_of_list(kind: str, q: str, language: str) -> str:
    """The address of the page that lists all hits of a kind."""
    if kind in _OF_REPORTS:
        return f"/{language}/reports"
    return f"/guides/?{urlencode({'q': q})}" if kind == DOCUMENTS else f"/{language}/{kind}?{urlencode({'q': q})}"


def list_in_api(kind: str, q: str) -> str | None:
    """The address of the list of all hits of a kind; None for guides, which are no records."""
    return None if kind == DOCUMENTS else f"/{_RECORDS[kind].service}/v1/{kind}?{urlencode({'q': q})}"


async def _hits(reads: PageReads, kind: str, q: str, language: str) -> tuple[list[Hit], bool] | None:
    """The first hits, and whether there are others; None if the service does not respond."""
    if kind == DOCUMENTS:
        return _guides(q)
    of = _RECORDS[kind]
    try:
        listed = await reads.listed(of.service, kind, q=q, limit=str(MOST), fields=of.names, **of.query)
    except Unavailable:
        return None
    return [_hit(kind, of, item, language) for item in listed["items"]], listed["next"] is not None


def _hit(kind: str, of: _Kind, item: Mapping[str, Any], language: str) -> Hit:
    key = str(item[of.key])
    shown, title = of.title(item, language)
    tail = f"{kind}/{quote(key, safe='')}"
    country = key if kind == "countries" else item["country"]
    page = of.place.format_map(item) if of.place else tail
    return Hit(kind, key, title, shown, country, f"/{of.service}/v1/{tail}", f"/{language}/{page}")


def _guides(q: str) -> tuple[list[Hit], bool]:
    found = search_guides(q)
    hits = [Hit(DOCUMENTS, one.name, one.title, "en", None, None, f"/guides/{one.name}") for one in found[:MOST]]
    return hits, len(found) > MOST
