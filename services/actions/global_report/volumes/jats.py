"""The whole of an edition as an article of JATS (archiving 1.3)."""

from typing import Any

from lxml import etree

from services.actions.global_report.volumes import formats
from services.actions.global_report.volumes.assembling import Volume
from services.actions.global_report.volumes.domain import Passage
from services.actions.global_report.volumes.writing import Written
from shared.kernel.text import text_in

_XLINK = "http://www.w3.org/1999/xlink"
_DOCTYPE = (
    '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.3 20210610//EN"'
    ' "JATS-archivearticle1-3.dtd">'
)
_XML = "http://www.w3.org/XML/1998/namespace"


def article_of(volume: Volume) -> bytes:
    """The whole as an article of JATS, whose contributions are sub-articles."""
    of = volume.whole.edition
    root = etree.Element("article", {"article-type": "research-article", f"{{{_XML}}}lang": volume.language}, _NAMES)
    root.set("dtd-version", "1.3")
    meta = _child(_child(root, "front"), "article-meta")
    _child(meta, "article-id", of.doi, **{"pub-id-type": "doi"}) if of.doi else None
    _child(_child(meta, "title-group"), "article-title", volume.title)
    date = _child(meta, "pub-date", **{"date-type": "pub", "iso-8601-date": volume.whole.at.date().isoformat()})
    for name, number in (
        ("day", volume.whole.at.day),
        ("month", volume.whole.at.month),
        ("year", volume.whole.at.year),
    ):
        _child(date, name, str(number))
    _child(meta, "isbn", of.isbn) if of.isbn else None
    licence = _child(_child(meta, "permissions"), "license")
    _child(licence, "license-p", of.licence)
    if volume.retraction:
        _custom(_child(meta, "custom-meta-group"), "status", volume.retraction)
    if volume.unmentioned:
        floats = _child(root, "floats-group")
        for key in volume.unmentioned:
            floats.append(_parsed(volume.writing.fig(key)))
    for _, written in volume.chapters:
        for one in written:
            root.append(_article(volume, one))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, doctype=_DOCTYPE) + b"\n"


_NAMES = {"xlink": _XLINK, "mml": "http://www.w3.org/1998/Math/MathML"}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def _child(of: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    found = etree.SubElement(of, name, attributes)
    found.text = formats.printable(text) if text is not None else None
    return found


def _parsed(fragment: str) -> Any:
    declared = " ".join(f'xmlns:{name}="{address}"' for name, address in _NAMES.items())
    return etree.fromstring(f"<x {declared}>{fragment}</x>".encode(), _PARSER)[0]


def _article(volume: Volume, one: Written) -> Any:
    of = one.passage
    found = _parsed(formats.printable(one.jats))
    found.set("id", f"c{of.number}")
    found.set("article-type", "chapter")
    found.set(f"{{{_XML}}}lang", volume.language_of(of))
    for node in found.iter(etree.Element):
        for name in ("id", "rid"):
            if node.get(name, "").startswith("fn"):
                node.set(name, f"c{of.number}-{node.get(name)}")
    back = found.find("back")
    if back is not None and not len(back):
        found.remove(back)
    for empty in found.iterfind(".//ref-list/title"):
        empty.text = volume.writing.labels["references"]
    found.insert(0, _front(volume, of))
    return found


def _front(volume: Volume, of: Passage) -> Any:
    front = etree.Element("front-stub")
    _child(_child(front, "title-group"), "article-title", volume.title_of(of))
    if of.authors:
        _authors(_child(front, "contrib-group"), of)
    if of.abstract:
        _child(_child(front, "abstract"), "p", text_in(volume.language, of.abstract))
    if of.keywords:
        keywords = _child(front, "kwd-group")
        for word in of.keywords:
            _child(keywords, "kwd", word)
    if of.funding:
        _child(_child(front, "funding-group"), "funding-statement", of.funding)
    if corrections := volume.corrections_of(of):
        group = _child(front, "custom-meta-group")
        for said in corrections:
            _custom(group, "erratum", said)
    return front


def _custom(group: Any, name: str, value: str) -> None:
    found = _child(group, "custom-meta")
    _child(found, "meta-name", name)
    _child(found, "meta-value", value)


def _authors(group: Any, of: Passage) -> None:
    for author in of.authors:
        contrib = _child(group, "contrib", **{"contrib-type": "author"})
        if author.is_corresponding:
            contrib.set("corresp", "yes")
        if author.orcid:
            _child(contrib, "contrib-id", f"https://orcid.org/{author.orcid}", **{"contrib-id-type": "orcid"})
        _child(contrib, "string-name", author.name)
        for role in author.roles:
            _child(contrib, "role", role, vocab="credit", **{"vocab-term": role})
        if author.affiliation:
            _child(contrib, "aff", author.affiliation)
