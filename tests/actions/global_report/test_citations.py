"""What cites editions and contributions passes the schemas and the parsers of others, whatever a title holds."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import canonicalize

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from datacite import schema45
from lxml import etree
from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

from services.actions.global_report.citing import bibtex, csl, datacite, jats, ris
from services.actions.global_report.citing.domain import Issue, Person, Work, one_line
from tests.support.published_files import jats_faults

ISSUE = Issue(2027, "2027.1", "CC-BY-4.0")
HOSTILE = {
    "quotes": "Peat \"and\" 'carbon', said `once`",
    "braces": "a { b } } c {",
    "commands": r"100 % & $5 #1 _x^2 ~y \alpha \input{/etc/passwd}",
    "lines": "Peat\r\nER  - \r\nTY  - JOUR\nAU  - Nobody",
    "separators": "a\u2028b\u2029c\x85d\x0be\x1cf",
    "end of CDATA": "]]><script>alert(1)</script>&amp;&lt;",
    "overrides": "\u202ereversed\u202c \u2067isolated\u2069",
    "4 bytes": "\U0001f33f \U00020000 \U0001d11e",
    "no characters": "a\0b\ud800c\ufffed\x1be",
    "an entry": "@article{x, title={y}}",
    "dashes": "1--2---3 ''x''",
    "several": "Bo and Co, Inc AND others",
    "scripts": "Süden 土壤 تربة почва",
}
_LATEX = get_default_latex_context_db()
_LATEX.add_context_category(
    "kernel",
    prepend=True,
    macros=[
        MacroTextSpec("textbraceleft", "{"),
        MacroTextSpec("textbraceright", "}"),
        MacroTextSpec("textasciicircum", "^"),
        MacroTextSpec("textasciigrave", "`"),
    ],
)
"""With commands of LaTeX's kernel that the library lacks, or reads as an accent."""
_read_latex = LatexNodes2Text(latex_context=_LATEX, strict_latex_spaces=True).latex_to_text


def edition_work(title: str = "ESCM Global Report", **more: Any) -> Work:
    """An edition."""
    given: dict[str, Any] = {"titles": {"en": title, "fr": f"F {title}"}, "language": "en", "issue": ISSUE}
    return Work(**{"key": "escm-2027-1", "address": "https://escm.test/en/records/actions/editions/1", **given, **more})


def contribution_work(title: str = "Peat and carbon", **more: Any) -> Work:
    """A contribution with everything that it may have."""
    someone = Person(
        name=f"Bo {title}", orcid="0000-0002-1825-0097", affiliation=title, roles=["software", "data-curation"]
    )
    return edition_work(
        title,
        **{
            "key": "escm-2027-1-soils_a-3",
            "people": [someone, Person(name="Amina Khan")],
            "abstracts": {"en": title, "fr": f"F {title}"},
            "keywords": [title, "peat"],
            "funding": title,
            "doi": "10.5555/2027.1.soils_a",
            "issue": replace(ISSUE, isbn="978-3-16-148410-0", retraction=title),
            "whole": edition_work(title),
            **more,
        },
    )


works = pytest.mark.parametrize("made", [edition_work, contribution_work], ids=["edition", "contribution"])
titles = pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
Make = Callable[..., Work]


@works
@titles
def test_bibtex_is_one_entry_with_the_same_texts(made: Make, title: str) -> None:
    of = made(one_line(title))
    library = parse_string(bibtex.written(of).decode(), parse_stack=[])
    assert (len(library.failed_blocks), [one.key for one in library.entries]) == (0, [of.key])
    fields = {name: field.value[1:-1] for name, field in library.entries[0].fields_dict.items()}
    assert _read_latex(fields["title"]) == of.title
    assert fields["title"].startswith("{"), "styles keep its case"
    if of.whole:
        assert _read_latex(fields["booktitle"]) == of.whole.title
        assert _read_latex(fields["author"]) == " and ".join(one.name for one in of.people)
        assert _read_latex(fields["url"]) == "https://doi.org/10.5555/2027.1.soils_a"
    depth = 0
    for sign in bibtex.written(of).decode():
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0, "BibTeX counts braces, also after a backslash"


def test_bibtex_keeps_names_whole_that_it_would_divide() -> None:
    of = contribution_work(people=[Person(name="Bo and Co, Inc"), Person(name="Amina Khan")])
    entry = parse_string(bibtex.written(of).decode()).entries[0]
    assert entry["author"] == "{Bo and Co, Inc} and Amina Khan"


@works
@titles
def test_ris_is_one_reference_with_the_same_texts(made: Make, title: str) -> None:
    of = made(one_line(title))
    (found,) = rispy.loads(ris.written(of).decode())
    assert (found["type_of_reference"], found["title"]) == ("CHAP" if of.whole else "RPRT", of.title)
    assert found["authors"] == ([one.name for one in of.people] or ["ESCM Plan"])
    if of.whole:
        assert (found["secondary_title"], found["abstract"], found["keywords"]) == (
            of.whole.title,
            of.abstract,
            [*of.keywords],
        )
        assert found["doi"] == of.doi


@works
@titles
def test_csl_is_read_by_a_processor(made: Make, title: str) -> None:
    of = made(one_line(title))
    (item,) = json.loads(csl.written(of))
    assert (item["title"], item["type"]) == (of.title, "chapter" if of.whole else "report")
    source = CiteProcJSON([item])
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    (line,) = map(str, bibliography.bibliography())
    assert "2027" in line


@works
@titles
def test_datacite_passes_its_schema_and_equals_what_another_writes(made: Make, title: str) -> None:
    of = made(one_line(title))
    given = json.loads(datacite.written_json(of))
    assert [error.message for error in schema45.validator.iter_errors(given)] == []
    ours = etree.fromstring(datacite.written_xml(of))
    if of.doi:
        assert elements_of(ours) == elements_of(etree.fromstring(schema45.tostring(given).encode()))
    else:
        named = ours.find("{*}identifier")
        assert (named.text, named.get("identifierType")) == (of.address, "URL")
    assert ours.findtext("{*}titles/{*}title") == of.title


def elements_of(root: Any) -> list[str]:
    """The elements below the root in any order, without white space."""
    for each in root.iter():
        each.tail = None
        if len(each):
            each.text = None
    return sorted(canonicalize(etree.tostring(each, encoding="unicode")) for each in root)


@works
@titles
def test_jats_is_valid(made: Make, title: str) -> None:
    of = made(one_line(title))
    written = jats.written(of)
    root = etree.fromstring(written, etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False))
    assert root.findtext(".//article-title") == of.title
    names = [name.text for name in root.iterfind(".//string-name")]
    assert names == [one.name for one in of.people]
    assert jats_faults(written) == []
    assert jats_faults(written.replace(b"article-title>", b"article-name>")) != []


WRITERS = [csl.written, bibtex.written, ris.written, datacite.written_xml, jats.written]


@pytest.mark.parametrize("write", WRITERS)
@works
def test_what_was_retracted_is_marked_with_its_reason(write: Callable[[Work], bytes], made: Make) -> None:
    of = made(issue=replace(ISSUE, retraction="A number is wrong."))
    assert "Retracted: A number is wrong." in write(of).decode()
    assert "etracted" not in write(made(issue=ISSUE)).decode()


@pytest.mark.parametrize("write", WRITERS)
def test_without_a_doi_the_address_stands_there(write: Callable[[Work], bytes]) -> None:
    of = contribution_work(doi=None)
    written = io.BytesIO(write(of)).getvalue().decode()
    assert "escm.test/en/records" in written
    assert "doi.org" not in written
    assert "10.5555" not in written


def test_what_is_cited_has_no_member_without_a_value() -> None:
    members: Mapping[str, Any] = datacite.members(edition_work())
    assert all(members.values())
    assert "doi" not in members
