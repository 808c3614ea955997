"""The data of the register's pages, read from the services. One function per page returns the values of its
template."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from services.portal.pages.texts import country_name
from services.portal.reading.reads import PageReads, cursor_of
from services.portal.register.world import world
from shared.kernel.countries import known_codes
from shared.kernel.text import search_key
from shared.pages.texts import OWN_NAMES

Values: TypeAlias = dict[str, Any]
Query: TypeAlias = Mapping[str, str]
PAGE_SIZE = 25
_MOST_COUNTRIES = 200
_MOST_ROWS = 200
"""Rows of a table of a country. The open data have all of them."""
_MOST_NAMED = 12
"""Most related records that a page reads and names; it leaves out further ones."""
_ONE = "id,ref,display_name"
_OF_INSTITUTION = (
    ("membership", "experts", "institution", {"fields": "ref,display_name", "sort": "display_name"}),
    ("centres", "centres", "host_institution_id", {"fields": "ref,names"}),
    ("centres", "committees", "host_institution_id", {"fields": "country,names"}),
    ("membership", "congresses", "host_institution_id", {"fields": "titles,starts,ends"}),
)
"""The lists of what is related to an institution, each with the filter that names it and what is asked of the list.
By name, the index of affiliations finds the experts."""
_OF_CHAPTER = "ref,edition_id,titles"


@dataclass(frozen=True, slots=True)
class Related:
    """The first records of a kind that name the one of a page. `query` narrows their list to all of them."""

    service: str
    plural: str
    items: Sequence[Values]
    query: str
    has_more: bool


async def countries(reads: PageReads, query: Query) -> Values:
    """All countries that match the filters, by code; `begun` have a stage or something in the register."""
    found = reads.every("actions", "countries", limit=str(_MOST_COUNTRIES), **query)
    items = {item["code"]: item async for item in found}
    as_of = next((item["as_of"] for item in items.values()), None)
    begun = {code for code, item in items.items() if item["stage"] or any(item["counts"].values())}
    return {"items": items, "begun": begun, "next": None, "as_of": as_of, "world": world(items.values())}


async def country(reads: PageReads, code: str) -> Values:
    """One country: its stage, programme, committees and centres; and of its profile, the milestones, the indicators of
    the country with what was reached last, and the comparison with assessments."""
    record = await reads.record("actions", "countries", code)
    core = record["programme"] and record["programme"]["core"]["centre_id"]
    committees, centres, named, profile, chapters = await asyncio.gather(
        reads.listed("centres", "committees", country=code, limit=str(PAGE_SIZE)),
        reads.listed("centres", "centres", country=code, limit=str(PAGE_SIZE)),
        reads.known("centres", "centres", core, fields="id,ref,names"),
        reads.known("actions", "open_data/countries", code),
        reads.listed("actions", "contributions", country=code, fields=_OF_CHAPTER, limit=str(PAGE_SIZE)),
    )
    found = profile or {"actions": [], "milestones": [], "indicators": [], "comparison": []}
    return {
        "record": record,
        "committees": committees["items"],
        "centres": centres["items"],
        "core": named,
        "actions": {one["id"]: one["titles"] for one in found["actions"]},
        "milestones": found["milestones"],
        "indicators": [(one, _reached(one["periods"])) for one in found["indicators"] if one["action_id"] is None],
        "every_indicator": found["indicators"],
        "comparison": found["comparison"],
        "chapters": chapters["items"],
        "most": _MOST_ROWS,
    }


def _reached(periods: Sequence[Values]) -> Values | None:
    """The latest period with a value; else the last one with a target."""
    return next((one for one in reversed(periods) if one["actual"]), periods[-1] if periods else None)


async def experts(reads: PageReads, query: Query) -> Values:
    """One page of the experts by name."""
    return await _page_of(reads, "membership", "experts", {**query, "sort": "display_name"})


async def expert(reads: PageReads, key: str) -> Values:
    """One expert with the institutions of the affiliations."""
    record = await reads.record("membership", "experts", key)
    affiliations = record["affiliations"] or []
    named = list(dict.fromkeys(each["institution_id"] for each in affiliations if each["institution_id"]))
    found = await asyncio.gather(
        *(reads.known("membership", "institutions", one, fields=_ONE) for one in named[:_MOST_NAMED])
    )
    institutions = dict(zip(named, found, strict=False))
    forms = [name["full"] or " ".join(filter(None, (name["given"], name["family"]))) for name in record["names"]]
    return {
        "record": record,
        "forms": [form for form in dict.fromkeys(forms) if form != record["display_name"]],
        "affiliations": [
            (each, institutions.get(each["institution_id"]))
            for each in affiliations
            if each["raw"] or institutions.get(each["institution_id"])
        ],
        "spoken": [OWN_NAMES.get(tag, tag) for tag in record["languages"]],
    }


async def institutions(reads: PageReads, query: Query) -> Values:
    """One page of the institutions by name."""
    return await _page_of(reads, "membership", "institutions", {**query, "sort": "display_name"})


async def institution(reads: PageReads, key: str) -> Values:
    """One institution with its names, places, relations and web pages, the experts who work there, and what it
    hosts."""
    record = await reads.record("membership", "institutions", key)
    found = await asyncio.gather(*(_naming(reads, record["id"], *each) for each in _OF_INSTITUTION))
    others = [name for name in record["names"] if name["value"] != record["display_name"]]
    return {
        "record": record,
        "former": [name for name in others if "former" in name["types"]],
        "others": [name for name in others if "former" not in name["types"]],
        "types": record["types"],
        "related": [related for related in found if related.items],
        "pages": [page for page in record["links"]["web_pages"] if urlsplit(page).scheme in ("http", "https")],
    }


async def _naming(reads: PageReads, key: str, service: str, plural: str, name: str, query: Query) -> Related:
    found = await reads.related(service, plural, **{name: key, **query, "limit": str(_MOST_NAMED)})
    return Related(service, plural, found["items"], urlencode({name: key}), found["next"] is not None)


async def centres(reads: PageReads, query: Query) -> Values:
    """One page of the designated centres."""
    return await _page_of(reads, "centres", "centres", query)


async def centre(reads: PageReads, key: str) -> Values:
    """One designated centre with its host, its director and its term."""
    record = await reads.record("centres", "centres", key)
    host, director = await asyncio.gather(
        reads.known("membership", "institutions", record["host_institution_id"], fields=_ONE),
        reads.known("membership", "experts", record["director_id"], fields=_ONE),
    )
    return {"record": record, "host": host, "director": director}


async def initiatives(reads: PageReads, query: Query) -> Values:
    """One page of the initiatives."""
    return await _page_of(reads, "membership", "initiatives", query)


async def initiative(reads: PageReads, key: str) -> Values:
    """One initiative with its text and how many support it."""
    record = await reads.record("membership", "initiatives", key)
    count = await reads.record("membership", f"initiatives/{record['ref']}", "count")
    return {"record": record, "count": count}


async def _page_of(reads: PageReads, service: str, plural: str, query: Query) -> Values:
    found = await reads.listed(service, plural, limit=str(PAGE_SIZE), **query)
    return {"items": found["items"], "next": cursor_of(found["next"])}


@cache
def country_choices(language: str, *, fictional: bool) -> list[tuple[str, str]]:
    """Codes and names of all countries, by name."""
    named = [(code, country_name(code, language)) for code in known_codes(fictional=fictional)]
    return sorted(named, key=lambda choice: search_key(choice[1]))
