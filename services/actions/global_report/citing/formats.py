"""The formats of citations."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from services.actions.global_report.citing import bibtex, csl, datacite, jats, ris
from services.actions.global_report.citing.domain import Work


class CitationFormat(NamedTuple):
    """A format: its writer, its media type, and the end of names of its files."""

    write: Callable[[Work], bytes]
    media_type: str
    ending: str


CITATIONS: Mapping[str, CitationFormat] = {
    "csl": CitationFormat(csl.written, "application/vnd.citationstyles.csl+json", "json"),
    "bibtex": CitationFormat(bibtex.written, "application/x-bibtex; charset=utf-8", "bib"),
    "ris": CitationFormat(ris.written, "application/x-research-info-systems; charset=utf-8", "ris"),
    "datacite_json": CitationFormat(datacite.written_json, "application/vnd.datacite.datacite+json", "datacite.json"),
    "datacite_xml": CitationFormat(datacite.written_xml, "application/vnd.datacite.datacite+xml", "datacite.xml"),
    "jats": CitationFormat(jats.written, "application/xml", "jats.xml"),
}
