"""The front matter of works in JATS 1.1 (ANSI/NISO Z39.96-2015), the archiving set, without their text."""

from collections.abc import Mapping

from lxml import etree

from services.actions.global_report.citing.domain import PUBLISHER, Person, Work
from shared.open_data.licences import licence_of

_DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.1 20151215//EN"'
    ' "JATS-archivearticle1.dtd">'
)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XLINK = "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"
_CREDIT = "https://credit.niso.org/contributor-roles/"
_SERIES = "escm-global-report"


def written(of: Work) -> bytes:
    """An article with `front` alone: a collection, or a part of one."""
    kind = "collection" if of.whole is None else "other"
    root = etree.Element("article", {"article-type": kind, "dtd-version": "1.1"}, nsmap={"xlink": _XLINK})
    root.set(_LANG, of.language)
    front = etree.SubElement(root, "front")
    _add_journal(_add(front, "journal-meta"), of.whole or of)
    _add_article(_add(front, "article-meta"), of)
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", doctype=_DOCTYPE)
    return found


def _add_journal(meta: etree._Element, of: Work) -> None:
    _add(meta, "journal-id", _SERIES, {"journal-id-type": "publisher-id"})
    _add(_add(meta, "journal-title-group"), "journal-title", of.title)
    if of.issue.isbn:
        _add(meta, "isbn", of.issue.isbn)
    _add(_add(meta, "publisher"), "publisher-name", PUBLISHER)


def _add_article(meta: etree._Element, of: Work) -> None:
    _add(meta, "article-id", of.key, {"pub-id-type": "publisher-id"})
    if of.doi:
        _add(meta, "article-id", of.doi, {"pub-id-type": "doi"})
    _add_titles(_add(meta, "title-group"), of)
    people = _add(meta, "contrib-group")
    for one in of.people:
        _add_person(people, one)
    if not of.people:
        _add(_add(people, "contrib", None, {"contrib-type": "author"}), "collab", PUBLISHER)
    _add(
        _add(meta, "pub-date", None, {"publication-format": "electronic", "date-type": "pub"}),
        "year",
        str(of.issue.year),
    )
    _add(meta, "volume", str(of.issue.year))
    _add(meta, "issue", of.issue.label)
    licence = licence_of(of.issue.licence)
    said = {_HREF: licence.address} if licence.address.startswith("https://") else {}
    _add(_add(_add(meta, "permissions"), "license", None, said), "license-p", licence.name)
    _add(meta, "self-uri", None, {_HREF: of.link})
    _add_abstracts(meta, of)
    if of.keywords:
        words = _add(meta, "kwd-group")
        for word in of.keywords:
            _add(words, "kwd", word)
    if of.funding:
        _add(_add(meta, "funding-group"), "funding-statement", of.funding)
    notes = [("status", of.issue.status)] if of.issue.status else []
    notes += [("erratum", one) for one in of.issue.corrections]
    group = _add(meta, "custom-meta-group") if notes else meta
    for name, value in notes:
        status = _add(group, "custom-meta")
        _add(status, "meta-name", name)
        _add(status, "meta-value", value)


def _add_titles(group: etree._Element, of: Work) -> None:
    _add(group, "article-title", of.title)
    for language, title in of.titles.items():
        if title != of.title:
            _add(_add(group, "trans-title-group", None, {_LANG: language}), "trans-title", title)


def _add_person(people: etree._Element, of: Person) -> None:
    found = _add(people, "contrib", None, {"contrib-type": "author"})
    if of.orcid:
        _add(found, "contrib-id", f"https://orcid.org/{of.orcid}", {"contrib-id-type": "orcid"})
    _add(_add(found, "name-alternatives"), "string-name", of.name)
    for role in of.roles:
        _add(found, "role", role, {"content-type": f"{_CREDIT}{role}/"})
    if of.affiliation:
        _add(found, "aff", of.affiliation)


def _add_abstracts(meta: etree._Element, of: Work) -> None:
    """The abstract in the language of the work, then its translations."""
    if of.abstract is None:
        return
    _add(_add(meta, "abstract"), "p", of.abstract)
    for language, text in of.abstracts.items():
        if text != of.abstract:
            _add(_add(meta, "trans-abstract", None, {_LANG: language}), "p", text)


def _add(
    parent: etree._Element, tag: str, text: str | None = None, said: Mapping[str, str] | None = None
) -> etree._Element:
    found = etree.SubElement(parent, tag, dict(said or {}))
    found.text = text
    return found
