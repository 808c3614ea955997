"""What a list can be narrowed by: the choices of each filter, with how many records each leaves.

The numbers are those of the API, which counts by some of the filters only. They are left out where a list is narrowed
by another one, and where they cannot be read at the moment.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from services.portal.pages.addresses import tail_of
from services.portal.pages.classifications import term_name
from services.portal.pages.texts import code_text, country_name
from services.portal.reading.reads import PageReads
from shared.kernel.countries import GROUPS, REGIONS, known_codes
from shared.kernel.errors import EscmError
from shared.kernel.expertise import BOUNDARIES, ECOSYSTEMS, FIELDS_OF_SCIENCE
from shared.kernel.text import search_key
from shared.pages.texts import OWN_NAMES

FILTERS: Mapping[str, tuple[str, ...]] = {
    "countries": ("q", "region", "group", "stage", "as_of"),
    "experts": (
        *("q", "country", "region", "field", "planetary_boundary"),
        *("ecosystem", "language", "institution", "cursor"),
    ),
    "institutions": ("q", "country", "region", "type", "cursor"),
    "centres": ("q", "country", "region", "host_institution_id", "cursor"),
    "initiatives": ("q", "cursor"),
}
"""The filters of each list, as the API names them, in the order of its form."""
_COUNTED: Mapping[str, tuple[str, ...]] = {
    "experts": ("country", "region", "field", "planetary_boundary"),
    "institutions": ("country", "region"),
}
"""The filters by which the API counts."""
_PLAIN = frozenset({"q", "cursor", "stage", "as_of"})
"""Filters without a list of choices here."""
OF_RECORDS = frozenset({"institution", "host_institution_id"})
"""Filters by an institution. Links alone set them, so that the only choice is the institution of the address."""
_TERMS: Mapping[str, Sequence[str]] = {"planetary_boundary": BOUNDARIES, "ecosystem": ECOSYSTEMS}
_CODES: Mapping[str, Sequence[str]] = {
    "region": REGIONS,
    "group": GROUPS,
    "type": (
        *("archive", "company", "education", "facility", "funder"),
        *("government", "healthcare", "nonprofit", "other"),
    ),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a filter: its code, and its name in a language. `count` is None where it is not known."""

    code: str
    name: str
    language: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its choices; `chosen` is the one of the address, `without` the address without it."""

    name: str
    choices: Sequence[Choice]
    chosen: Choice | None
    without: str


@dataclass(frozen=True, slots=True)
class Facets:
    """The filters of a list; `total` are the records that it has, None where that is not known."""

    each: Sequence[Facet]
    total: int | None


@dataclass(frozen=True, slots=True)
class _Counts:
    total: int
    by: Mapping[str, int]


async def facets(reads: PageReads, plural: str, query: Mapping[str, str], language: str, *, fictional: bool) -> Facets:
    """The filters of a list that is narrowed by a query."""
    narrowed = {name: value for name, value in query.items() if name != "cursor"}
    known = _COUNTED.get(plural, ())
    counted = known if narrowed.keys() <= set(known) else ()
    found = await asyncio.gather(*(_counts(reads, plural, name, narrowed) for name in counted))
    counts = dict(zip(counted, found, strict=True))
    named = {name: await _institution(reads, narrowed[name], language) for name in OF_RECORDS & narrowed.keys()}
    each = [
        _facet(
            name,
            named.get(name) or _choices(name, language, fictional=fictional),
            counts.get(name),
            plural,
            narrowed,
            language,
        )
        for name in FILTERS[plural]
        if name not in _PLAIN and (name not in OF_RECORDS or name in named)
    ]
    totals = [one.total for name, one in counts.items() if one and name not in narrowed]
    return Facets(each, totals[0] if totals else None)


async def _institution(reads: PageReads, key: str, language: str) -> Sequence[Choice]:
    """An institution as the only choice; its key stands for a name that is not public."""
    found = await reads.known("membership", "institutions", key, fields="display_name")
    return [Choice(key, found["display_name"] if found else key, language)]


async def _counts(reads: PageReads, plural: str, name: str, narrowed: Mapping[str, str]) -> _Counts | None:
    """How many records each choice of a filter leaves beside the other filters."""
    others = {key: value for key, value in narrowed.items() if key != name}
    try:
        found = await reads.listed("membership", "statistics", of=plural, by=name, **others)
    except EscmError:
        return None
    return _Counts(found["total"], {item[name]: item["count"] for item in found["items"] if item[name]})


def _facet(
    name: str,
    choices: Sequence[Choice],
    counts: _Counts | None,
    plural: str,
    narrowed: Mapping[str, str],
    language: str,
) -> Facet:
    asked = narrowed.get(name)
    if counts:
        known = [replace(choice, count=counts.by.get(choice.code, 0)) for choice in choices]
        choices = [choice for choice in known if choice.count or choice.code == asked]
    chosen = next((choice for choice in choices if choice.code == asked), None)
    if asked and not chosen:
        chosen = Choice(asked, asked, language)
        choices = [*choices, chosen]
    rest = {key: value for key, value in narrowed.items() if key != name}
    return Facet(name, choices, chosen, f"/{language}{tail_of(f'/{plural}', rest)}")


@cache
def _choices(name: str, language: str, *, fictional: bool) -> Sequence[Choice]:
    """All choices of a filter, in order."""
    if name == "country":
        named = [Choice(code, country_name(code, language), language) for code in known_codes(fictional=fictional)]
        return sorted(named, key=lambda choice: search_key(choice.name))
    if name == "language":
        return [Choice(tag, own, tag) for tag, own in OWN_NAMES.items()]
    if name == "field":
        return [Choice(code, f"{code} {term_name(code, language)}", language) for code in FIELDS_OF_SCIENCE]
    if name in _TERMS:
        return [Choice(code, term_name(code, language), language) for code in _TERMS[name]]
    return [Choice(code, code_text(language, name, code), language) for code in _CODES[name]]
