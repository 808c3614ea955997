"""What programs read of the report's pages: data of schema.org, tags for catalogues of literature, and links."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote

from services.portal.pages.linked import signposts, without_none
from services.portal.pages.texts import best
from services.portal.reports.views import title_of

Values: TypeAlias = Mapping[str, Any]
Tags: TypeAlias = list[tuple[str, str]]
FORMATS = ("bibtex", "ris", "csl", "datacite_json", "datacite_xml", "jats")
"""The formats of citations, as the API names them."""
_PUBLISHER = "ESCM Plan"
_DESCRIBING = (
    ("datacite_json", "application/vnd.datacite.datacite+json"),
    ("bibtex", "application/x-bibtex"),
    ("csl", "application/vnd.citationstyles.csl+json"),
)
_MOST_ITEMS, _MOST_AUTHORS = 6, 12
"""Most files and authors that the header names, which proxies bound; the page names all."""


def licence_address(licence: str) -> str:
    """The address of a licence, from its SPDX identifier."""
    return f"https://spdx.org/licenses/{quote(licence, safe='')}"


def doi_address(doi: str) -> str:
    """The address to which a DOI resolves."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


def report(values: Values, place: str, origin: str, language: str) -> dict[str, Any]:
    """An edition as a Report, with its chapters."""
    record, cited = values["record"], values["cited"]
    chapters = [
        {"@type": "Chapter", "@id": f"{place}/{one['ref']}", "name": title_of(one, language)} for one in values["texts"]
    ]
    return {
        "@type": "Report",
        "@id": place,
        **_common(record, cited, language),
        **without_none(isbn=record["isbn"], inLanguage=record["languages"], hasPart=chapters),
        **without_none(encoding=[*_files(values["build"], origin)]),
    }


def chapter(values: Values, place: str, whole: str, language: str) -> dict[str, Any]:
    """A contribution as a Chapter of its edition."""
    record, edition = values["record"], values["whole"]
    people = [
        without_none(
            **{"@type": "Person", "name": one["name"], "sameAs": one["orcid"] and orcid_address(one["orcid"])},
            affiliation=one["affiliation"] and {"@type": "Organization", "name": one["affiliation"]},
        )
        for one in values["authors"]
    ]
    return {
        "@type": "Chapter",
        "@id": place,
        **_common({**edition, "titles": record["titles"]}, values["cited"], language),
        **without_none(
            author=people,
            abstract=best(record["abstract"], language)[1] if record["abstract"] else None,
            keywords=record["keywords"],
            inLanguage=record["language"],
        ),
        "isPartOf": {"@type": "Report", "@id": whole, "name": title_of(edition, language)},
    }


def _common(record: Values, cited: Values, language: str) -> dict[str, Any]:
    return without_none(
        name=title_of(record, language),
        datePublished=record["published_at"] and record["published_at"][:10],
        license=licence_address(record["licence"]),
        identifier=cited.get("doi") and doi_address(cited["doi"]),
        publisher={"@type": "Organization", "name": _PUBLISHER},
        isAccessibleForFree=True,
        creativeWorkStatus="Retracted" if record["status"] == "retracted" else None,
    )


def _files_of(build: Values | None, contribution: int | None) -> list[Values]:
    """The files of a build that hold this contribution alone, by its number; without one, the whole edition."""
    files = build["files"] if build else ()
    return [one for one in files if one["contribution"] == contribution and not one["media_type"].startswith("image/")]


def _files(build: Values | None, origin: str) -> Iterator[dict[str, Any]]:
    for one in _files_of(build, None):
        yield without_none(
            **{"@type": "MediaObject", "name": one["name"], "contentUrl": f"{origin}{one['link']}"},
            encodingFormat=one["media_type"],
            inLanguage=one["language"],
            sha256=one["sha256"],
        )


def orcid_address(given: str) -> str:
    """The address of an ORCID iD, which may be one already."""
    return given if given.startswith("https://") else f"https://orcid.org/{given}"


def tags(values: Values, edition: Values, origin: str, language: str, *, whole: str | None = None) -> Tags:
    """The tags of an edition or, with the title of the `whole`, of a contribution to it."""
    record, cited = values["record"], values["cited"]
    found: Tags = [("citation_title", title_of(record, language))]
    for one in values.get("authors", ()):
        found.append(("citation_author", one["name"]))
        found += [("citation_author_orcid", orcid_address(one["orcid"]))] if one["orcid"] else []
        found += [("citation_author_institution", one["affiliation"])] if one["affiliation"] else []
    found += [("citation_inbook_title", whole)] if whole else []
    day = (edition["published_at"] or str(edition["year"]))[:10].replace("-", "/")
    found += [("citation_publication_date", day), ("citation_publisher", _PUBLISHER)]
    found += [("citation_doi", cited["doi"])] if cited.get("doi") else []
    found += [("citation_isbn", edition["isbn"])] if edition["isbn"] else []
    found.append(("citation_language", record["language"] if whole else edition["languages"][0]))
    return [*found, *_printed(values["build"], origin, record["number"] if whole else None)]


def _printed(build: Values | None, origin: str, contribution: int | None) -> Iterator[tuple[str, str]]:
    for one in _files_of(build, contribution):
        if one["media_type"] == "application/pdf":
            yield "citation_pdf_url", f"{origin}{one['link']}"


def links(kind: str, values: Values, place: str, api: str, edition: Values, origin: str) -> str:
    """The value of `Link` (FAIR Signposting): what to cite, what describes it, its files, licence and authors."""
    cited, authors, build = values["cited"], values.get("authors", ()), values["build"]
    cite_as = doi_address(cited["doi"]) if cited.get("doi") else place
    begin = signposts(cite_as=cite_as, record=api, kind=kind, licence=licence_address(edition["licence"]))
    found = [(f"{api}/citation?format={name}", f'rel="describedby"; type="{media}"') for name, media in _DESCRIBING]
    found += [(orcid_address(one["orcid"]), 'rel="author"') for one in authors[:_MOST_AUTHORS] if one["orcid"]]
    files = _files_of(build, values["record"]["number"] if kind == "Chapter" else None)
    found += [(f"{origin}{one['link']}", f'rel="item"; type="{one["media_type"]}"') for one in files[:_MOST_ITEMS]]
    return ", ".join([begin, *(f"<{address}>; {said}" for address, said in found)])


def version_links(present: str, record: Values, before: int | None, after: int | None) -> str:
    """The part of `Link` about the versions beside a shown one (RFC 5829). `present` is the page of the present one;
    without `after` that is shown."""
    found = [(f"{present}/versions/{before}", "predecessor-version")] if before is not None else []
    if after is not None:
        is_last = after == record["published_version"]
        found.append((present if is_last else f"{present}/versions/{after}", "successor-version"))
        found.append((present, "latest-version"))
    return ", ".join(f'<{address}>; rel="{relation}"' for address, relation in found)
