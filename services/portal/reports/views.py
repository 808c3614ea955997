"""The data of the report's pages, read from the API. One function per page returns the values of its template."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from services.portal.pages.texts import best, words
from services.portal.reading.reads import PageReads
from services.portal.reports.fragments import EditionPages, Fragment, fragment_of
from shared.kernel.errors import EscmError, NotFound

Values: TypeAlias = dict[str, Any]
RELEASED = "published,superseded,retracted"
"""The states of editions that have appeared."""
_MOST = "200"
_OF_TEXT = "id,ref,edition_id,outline_key,number,titles,language,country"


class Place(NamedTuple):
    """An entry of the outline with its level from 1, and the contributions that are published for it."""

    entry: Values
    level: int
    texts: Sequence[Values]


async def editions(reads: PageReads) -> list[Values]:
    """The editions that have appeared, the newest first."""
    found = [one async for one in reads.every("actions", "editions", status=RELEASED, limit=_MOST)]
    return sorted(found, key=lambda one: (one["year"], one["number"]), reverse=True)


async def edition(reads: PageReads, key: str) -> Values:
    """An edition with its places, the files of its last final build, its figures and its citation. Raises NotFound for
    one that has not appeared."""
    record = await _released(reads, key)
    texts, figures, builds, cited, errata = await asyncio.gather(
        _texts(reads, record["id"]),
        _figures(reads, record["id"]),
        reads.record("actions", f"editions/{record['ref']}", "builds"),
        reads.record("actions", f"editions/{record['ref']}", "citation", format="datacite_json"),
        reads.record("actions", f"editions/{record['ref']}", "errata"),
    )
    return {
        "record": record,
        "errata": _corrections(errata["items"], texts),
        "places": _places(record["outline"], texts),
        "texts": texts,
        "figures": figures,
        "build": _last_final(builds["items"]),
        "cited": cited,
    }


async def contribution(reads: PageReads, pages: EditionPages, edition_key: str, key: str, language: str) -> Values:
    """A published contribution with its text, its authors, its versions and its edition. Raises NotFound."""
    whole, record = await asyncio.gather(_released(reads, edition_key), reads.record("actions", "contributions", key))
    if record["edition_id"] != whole["id"]:
        raise NotFound("There is no such contribution.")
    address = f"contributions/{record['ref']}"
    builds, cited, of_whole, versions, errata, comments = await asyncio.gather(
        reads.record("actions", f"editions/{whole['ref']}", "builds"),
        reads.record("actions", address, "citation", format="datacite_json"),
        reads.record("actions", f"editions/{whole['ref']}", "citation", format="datacite_json"),
        reads.record("actions", address, "versions"),
        reads.record("actions", address, "errata"),
        reads.record("actions", address, "comments", sort="number", limit=_MOST),
    )
    build = _last_final(builds["items"])
    figures = f"/{language}/reports/{whole['ref']}/figures"
    return {
        "record": record,
        "whole": whole,
        "build": build,
        "cited": cited,
        "of_whole": of_whole,
        "authors": _authors(cited["creators"], record["authors"]),
        "versions": versions["items"],
        "errata": errata["items"],
        "earlier": {one["replaces"] for one in errata["items"]},
        "before": next(
            (one["replaces"] for one in errata["items"] if one["version"] == record["published_version"]), None
        ),
        "comments": comments["items"],
        "has_more_comments": comments["next"] is not None,
        "text": await _text(reads, pages, build, record, language, figures),
    }


async def earlier(
    reads: PageReads, pages: EditionPages, edition_key: str, key: str, number: int, language: str
) -> Values:
    """A version of a published contribution that an erratum replaced, with its text and its citation, the erratum, and
    the versions `before` and `after` it. Raises NotFound; the present one is `is_present`."""
    whole, record = await asyncio.gather(_released(reads, edition_key), reads.record("actions", "contributions", key))
    if record["edition_id"] != whole["id"]:
        raise NotFound("There is no such contribution.")
    if number == record["published_version"]:
        return {"record": record, "whole": whole, "is_present": True}
    address = f"contributions/{record['ref']}"
    errata = (await reads.record("actions", address, "errata"))["items"]
    erratum = next((one for one in errata if one["replaces"] == number), None)
    if erratum is None:
        raise NotFound("There is no such version.")
    builds, cited, of_whole, version = await asyncio.gather(
        reads.record("actions", f"editions/{whole['ref']}", "builds"),
        reads.record("actions", address, "citation", format="datacite_json", version=str(number)),
        reads.record("actions", f"editions/{whole['ref']}", "citation", format="datacite_json"),
        reads.record("actions", f"{address}/versions", str(number)),
    )
    build = _last_final(builds["items"], erratum["issue"] - 1)
    figures = f"/{language}/reports/{whole['ref']}/figures"
    return {
        "is_present": False,
        "record": record,
        "whole": whole,
        "build": build,
        "cited": cited,
        "of_whole": of_whole,
        "authors": _authors(cited["creators"], record["authors"]),
        "version": version,
        "erratum": erratum,
        "before": next((one["replaces"] for one in errata if one["version"] == number), None),
        "after": erratum["version"],
        "text": await _text(reads, pages, build, record, language, figures),
    }


async def figure(reads: PageReads, edition_key: str, key: str) -> Values:
    """A figure of a published edition with its data and its verification, which is None if the API cannot be asked
    again at the moment. Raises NotFound."""
    whole = await _released(reads, edition_key)
    record = next((one for one in await _figures(reads, whole["id"]) if one["key"] == key), None)
    if record is None:
        raise NotFound("There is no such figure.")
    data, verification = await asyncio.gather(
        reads.record("actions", f"figures/{record['ref']}", "data"), _verification(reads, record["ref"])
    )
    return {
        "record": record,
        "whole": whole,
        "numbers": data,
        "columns": [(name, words(name.replace(".", " "))) for name in data["columns"] if _is_said(data["items"], name)],
        "verification": verification,
    }


def _is_said(rows: Sequence[Values], name: str) -> bool:
    """Whether a row has a value of this name."""
    return any(row.get(name) is not None for row in rows)


async def _verification(reads: PageReads, ref: str) -> Values | None:
    try:
        return await reads.record("actions", f"figures/{ref}", "verification")
    except NotFound:
        raise
    except EscmError:
        return None


async def _released(reads: PageReads, key: str) -> Values:
    record = await reads.record("actions", "editions", key)
    if record["status"] not in RELEASED.split(","):
        raise NotFound("The edition is not published.")
    return record


async def _texts(reads: PageReads, edition_id: str) -> list[Values]:
    asked = {"edition_id": edition_id, "fields": _OF_TEXT, "limit": _MOST}
    found = [one async for one in reads.every("actions", "contributions", **asked)]
    return sorted(found, key=lambda one: int(one["number"]))


async def _figures(reads: PageReads, edition_id: str) -> list[Values]:
    return [one async for one in reads.every("actions", "figures", edition_id=edition_id, limit=_MOST)]


def _last_final(builds: Sequence[Values], issue: int | None = None) -> Values | None:
    """The newest final build that is complete, of an issue or of any."""
    found = (one for one in builds if one["kind"] == "final" and one["status"] == "complete")
    return next((one for one in found if issue in (None, one["issue"])), None)


def _corrections(errata: Sequence[Values], texts: Sequence[Values]) -> list[tuple[Values, Values]]:
    """Each erratum with the contribution that it corrects."""
    known = {one["id"]: one for one in texts}
    return [(one, known[one["contribution_id"]]) for one in errata if one["contribution_id"] in known]


def _places(outline: Sequence[Values], texts: Sequence[Values]) -> list[Place]:
    """The places in order, each before those below it, without those for which nothing is published."""

    def under(parent: str | None, level: int) -> list[Place]:
        found: list[Place] = []
        for entry in sorted((one for one in outline if one["parent"] == parent), key=lambda one: int(one["order"])):
            own = [one for one in texts if one["outline_key"] == entry["key"]]
            inner = under(entry["key"], level + 1)
            found += [Place(entry, level, own), *inner] if own or inner else []
        return found

    return under(None, 1)


def _authors(creators: Sequence[Values], authors: Sequence[Values]) -> list[Values]:
    """The authors as they are cited, with their ORCID iD, affiliation, and whether they correspond. Nobody is named who
    is not cited."""
    people = [creator for creator in creators if creator["nameType"] == "Personal"]
    asked = [one["corresponding"] for one in authors] if len(authors) == len(people) else [False] * len(people)
    found = []
    for one, is_asked in zip(people, asked, strict=True):
        orcid = next((each["nameIdentifier"] for each in one.get("nameIdentifiers", ())), None)
        places = [each["name"] for each in one.get("affiliation", ())]
        found.append({"name": one["name"], "orcid": orcid, "affiliation": next(iter(places), None), "asked": is_asked})
    return found


async def _text(
    reads: PageReads, pages: EditionPages, build: Values | None, record: Values, language: str, figures: str
) -> Fragment | None:
    """The text in the reader's language if it is translated, else in its own, with the words of that around it."""
    of_pages = [one for one in build["files"] if one["media_type"] == "text/html"] if build else []
    files = {one["language"]: one for one in of_pages}
    wanted = next((tag for tag in (language, record["language"], *files) if tag in files), None)
    found: Fragment | None = None
    while wanted in files:
        file = files.pop(wanted)
        page = await pages.page(reads, file["link"], file["sha256"])
        found = fragment_of(page, record["number"], figures, file["link"].rpartition("/")[0]) or found
        wanted = found.language if found else None
    return found


def title_of(record: Mapping[str, Any], language: str) -> str:
    """The title for a reader of the language."""
    return best(record["titles"], language)[1]
