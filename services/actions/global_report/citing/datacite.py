"""Works as metadata of DataCite 4.6, as registrars of DOIs take it, in JSON and XML."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from lxml import etree

from services.actions.global_report.citing.domain import PUBLISHER, Person, Work

_KERNEL = "http://datacite.org/schema/kernel-4"
_SCHEMA = "https://schema.datacite.org/meta/kernel-4.6/metadata.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Any = {None: _KERNEL, "xsi": _XSI}
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ORCID = {"nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org"}
_TYPES = {
    False: {"resourceTypeGeneral": "Report", "resourceType": "Report"},
    True: {"resourceTypeGeneral": "BookChapter", "resourceType": "Chapter"},
}
_ATTRIBUTES: Mapping[str, str] = {"lang": _LANG, "schemeUri": "schemeURI", "rightsUri": "rightsURI"}
"""What members are called as attributes."""
Members = Mapping[str, Any]


def written_json(of: Work) -> bytes:
    """The metadata in the JSON of DataCite's API."""
    return orjson.dumps(members(of))


def members(of: Work) -> dict[str, Any]:
    """The members of that JSON. Without a DOI it has the address alone."""
    found = {
        "doi": of.doi,
        "url": of.address,
        "types": _TYPES[of.whole is not None],
        "creators": [_creator(one) for one in of.people] or [{"name": PUBLISHER, "nameType": "Organizational"}],
        "titles": [*_titles(of)],
        "publisher": {"name": PUBLISHER},
        "publicationYear": str(of.issue.year),
        "subjects": [{"subject": word} for word in of.keywords],
        "language": of.language,
        "alternateIdentifiers": _isbn(of),
        "relatedIdentifiers": [*_related(of)],
        "version": of.issue.label,
        "rightsList": [
            {
                "rights": of.issue.licence,
                "rightsIdentifier": of.issue.licence,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        "descriptions": [*_descriptions(of)],
        "schemaVersion": _KERNEL,
    }
    return {name: value for name, value in found.items() if value}


def written_xml(of: Work) -> bytes:
    """The metadata in XML. Without a DOI its identifier is the address."""
    given = members(of)
    root = etree.Element(f"{{{_KERNEL}}}resource", nsmap=_NAMESPACES)
    root.set(f"{{{_XSI}}}schemaLocation", f"{_KERNEL} {_SCHEMA}")
    _add(root, "identifier", of.doi or of.address, {"identifierType": "DOI" if of.doi else "URL"})
    _add_creators(_add(root, "creators"), given["creators"])
    _add_each(root, "titles", "title", given["titles"], "title")
    _add(root, "publisher", PUBLISHER)
    _add(root, "publicationYear", str(of.issue.year))
    general = {"resourceTypeGeneral": given["types"]["resourceTypeGeneral"]}
    _add(root, "resourceType", given["types"]["resourceType"], general)
    _add_each(root, "subjects", "subject", given.get("subjects", ()), "subject")
    _add(root, "language", of.language)
    identifiers = given.get("alternateIdentifiers", ())
    _add_each(root, "alternateIdentifiers", "alternateIdentifier", identifiers, "alternateIdentifier")
    _add_each(root, "relatedIdentifiers", "relatedIdentifier", given.get("relatedIdentifiers", ()), "relatedIdentifier")
    _add(root, "version", of.issue.label)
    _add_each(root, "rightsList", "rights", given["rightsList"], "rights")
    _add_each(root, "descriptions", "description", given.get("descriptions", ()), "description")
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return found


def _creator(of: Person) -> dict[str, Any]:
    found: dict[str, Any] = {"name": of.name, "nameType": "Personal"}
    if of.orcid:
        found["nameIdentifiers"] = [{"nameIdentifier": of.orcid, **_ORCID}]
    if of.affiliation:
        found["affiliation"] = [{"name": of.affiliation}]
    return found


def _titles(of: Work) -> Iterator[dict[str, str]]:
    """The title in the language of the work first."""
    first = next(language for language, title in of.titles.items() if title == of.title)
    yield {"title": of.title, "lang": first}
    for language, title in of.titles.items():
        if language != first:
            yield {"title": title, "titleType": "TranslatedTitle", "lang": language}


def _descriptions(of: Work) -> Iterator[dict[str, str]]:
    for language, text in of.abstracts.items():
        yield {"description": text, "descriptionType": "Abstract", "lang": language}
    if of.issue.note:
        yield {"description": of.issue.note, "descriptionType": "Other", "lang": "en"}


def _isbn(of: Work) -> list[dict[str, str]]:
    if of.issue.isbn is None or of.whole is not None:
        return []
    return [{"alternateIdentifier": of.issue.isbn, "alternateIdentifierType": "ISBN"}]


def _related(of: Work) -> Iterator[dict[str, str]]:
    if of.whole:
        doi, address = of.whole.doi, of.whole.address
        yield {
            "relatedIdentifier": doi or address,
            "relatedIdentifierType": "DOI" if doi else "URL",
            "relationType": "IsPartOf",
        }
    versions = (("IsNewVersionOf", of.issue.replaced), ("IsPreviousVersionOf", of.issue.following))
    for relation, other in versions:
        if other:
            yield {
                "relatedIdentifier": other,
                "relatedIdentifierType": "URL" if other.startswith("http") else "DOI",
                "relationType": relation,
            }


def _add(parent: etree._Element, tag: str, text: str | None = None, said: Members | None = None) -> etree._Element:
    found = etree.SubElement(parent, f"{{{_KERNEL}}}{tag}")
    found.text = text
    for name, value in (said or {}).items():
        found.set(_ATTRIBUTES.get(name, name), value)
    return found


def _add_each(parent: etree._Element, several: str, one: str, given: Sequence[Members], text: str) -> None:
    """Elements of one kind in theirs, whose text is one member and whose attributes are the others."""
    within = _add(parent, several) if given else parent
    for each in given:
        _add(within, one, each[text], {name: value for name, value in each.items() if name != text})


def _add_creators(parent: etree._Element, given: Sequence[Members]) -> None:
    for each in given:
        creator = _add(parent, "creator")
        _add(creator, "creatorName", each["name"], {"nameType": each["nameType"]})
        for identifier in each.get("nameIdentifiers", ()):
            said = {name: value for name, value in identifier.items() if name != "nameIdentifier"}
            _add(creator, "nameIdentifier", identifier["nameIdentifier"], said)
        for affiliation in each.get("affiliation", ()):
            _add(creator, "affiliation", affiliation["name"])
