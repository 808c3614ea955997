"""The parts of which builds are made: numbers of blocks, places of figures, images for print, archives."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.versions.document import read
from services.actions.global_report.volumes import document, domain, formats
from services.actions.global_report.volumes.archive import archive_of
from services.actions.global_report.volumes.assembling import Volume
from services.actions.global_report.volumes.charts import in_print
from services.actions.global_report.volumes.document import Numbering
from services.actions.global_report.volumes.state import state_of
from services.actions.global_report.volumes.typesetting import MOST_NUMBERED, document_of
from services.actions.global_report.volumes.writing import Writing, Written
from shared.pages.charts.chart import Chart, Row
from shared.pages.charts.rendering import image

_AT = datetime(2027, 1, 2, tzinfo=UTC)
_CELL = ["", [], []]


def _text(text: str) -> dict[str, Any]:
    return {"t": "Para", "c": document.words(text)}


def _item(text: str) -> list[dict[str, Any]]:
    return [{"t": "Plain", "c": document.words(text)}]


_BLOCKS = [
    {"t": "Header", "c": [1, _CELL, document.words("Peat")]},
    _text("It stores {figure:one}, {figure:gone}"),
    {"t": "BulletList", "c": [_item("bogs {figure:two}"), [*_item("fens"), _text("more {figure:one}")]]},
    {"t": "DefinitionList", "c": [[document.words("term"), [_item("meaning")]]]},
    {"t": "BlockQuote", "c": [_text("said")]},
    {"t": "CodeBlock", "c": [_CELL, "x = 1"]},
    {"t": "LineBlock", "c": [document.words("line"), document.words("other")]},
    {"t": "HorizontalRule"},
    {"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], [_item("first")]]},
]


def _spoken(nodes: Any) -> str:
    """The raw texts and words of nodes in order."""
    found: list[str] = []

    def change(node: dict[str, Any]) -> None:
        if node["t"] in ("RawInline", "RawBlock"):
            found.append(node["c"][1])
        elif node["t"] in ("Str", "Space"):
            found.append(node.get("c", " "))

    document.walk(nodes, change)
    return "".join(found)


def test_blocks_have_the_numbers_of_the_reading() -> None:
    content, reading = read({"blocks": _BLOCKS}, (), ("one", "two", "gone"))
    numbering = Numbering(("one", "two"))
    found = document.prepared(content, 3, {}, numbering, "Figure", 2)
    shown = replace(formats.TYPST, number=lambda of, number: f"[{of}.{number}]", place=lambda key: f"({key})")
    spoken = _spoken(document.in_format(found, shown))
    assert [f"[3.{block['number']}]" in spoken for block in reading.blocks] == [True] * len(reading.blocks)
    assert f"[3.{len(reading.blocks) + 1}]" not in spoken
    assert numbering.numbers == {"one": 1, "two": 2}
    assert spoken.index("(one)") < spoken.index("[3.3]") < spoken.index("(two)") < spoken.index("[3.6]")
    assert ("{figure:gone}" in spoken, spoken.count("(one)")) == (True, 1)
    assert found[0]["c"][0] == 3, "a heading is below the title of its contribution"
    assert "[3." not in _spoken(document.in_format(found, formats.JATS))


def test_what_is_no_letter_is_escaped() -> None:
    assert formats.quoted('a "b" \\ c\nd\u202e\0') == '"a \\"b\\" \\\\ c\\nd"'
    assert formats.printable("a 😀b", symbols=False) == "a b"
    assert formats.TYPST.mention is not None
    assert formats.TYPST.mention("one", "Figure ] 1") == '#link(<figure-one>)[#"Figure ] 1"]'


def test_an_image_for_print_says_its_colours() -> None:
    rows = (Row("آسيا", (Decimal(3),)), Row("الموقِّعة", (Decimal(1),)))
    svg = image(Chart("bars", "ar", "عنوان", "نص", rows), 720)
    printed = in_print(svg, is_rtl=True).decode()
    assert ("var(--" in printed, "@media" in printed, "#00567a" in printed) == (False, False, True)
    assert ("الموقعة" in printed, "الموقِّعة" in svg.decode()) == (True, True)
    named = image(Chart("bars", "ar", "عنوان", "نص", (Row("إيران (جمهورية - الإسلامية)", (Decimal(1),)),)), 720)
    assert "إيران، جمهورية - الإسلامية\u2069" in in_print(named, is_rtl=True).decode()
    title = '<text class="chart-title" x="704" y="42" text-anchor="{}">'
    assert (title.format("start") in svg.decode(), title.format("end") in printed) == (True, True)


def test_an_archive_is_the_same_again() -> None:
    files = {"b": b"2", "a": b"1" * 9000}
    found = archive_of(files, {"edition": "report-2027-1"})
    assert found == archive_of(dict(reversed(files.items())), {"edition": "report-2027-1"})
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        manifest = orjson.loads(archive.read("manifest.json"))
        assert archive.namelist() == ["manifest.json", "a", "b"]
    digests = [(name, hashlib.sha256(content).hexdigest()) for name, content in sorted(files.items())]
    assert [(one["name"], one["sha256"]) for one in manifest["files"]] == digests


def _whole(**more: Any) -> domain.Whole:
    entries = [
        {"key": "b", "titles": {"en": "B"}, "kind": "chapter", "parent": "part", "order": 2, "country": None},
        {"key": "part", "titles": {"en": "P"}, "kind": "section", "parent": None, "order": 1, "country": None},
        {"key": "a", "titles": {"en": "A"}, "kind": "chapter", "parent": "part", "order": 1, "country": None},
        {"key": "empty", "titles": {"en": "E"}, "kind": "chapter", "parent": None, "order": 0, "country": None},
    ]
    about = {"year": 2027, "number": 1, "titles": {"en": "R"}, "outline": entries, "licence": "CC0-1.0", "issue": 0}
    edition = EDITIONS.new(about)
    text = domain.Text(1, "en", "0" * 64)
    of = {"id": UUID(int=1), "titles": {"en": "T"}, "abstract": {}, "keywords": [], "funding": None, "conflicts": None}
    given = {**of, "authors": [], "text": text, "translations": {}, "stale": frozenset(), **more}
    passages = [domain.Passage(number=n, outline_key=key, **given) for n, key in ((1, "b"), (2, "a"), (3, "b"))]
    return domain.Whole(edition, passages, (), {}, _AT)


def test_places_are_in_the_order_of_the_outline() -> None:
    found = [
        (one.entry["key"], one.level, [each.number for each in one.passages]) for one in domain.places_of(_whole())
    ]
    assert found == [("part", 1, []), ("a", 2, [2]), ("b", 2, [1, 3])]


def test_another_text_is_another_state() -> None:
    state = state_of(_whole())
    assert state == state_of(_whole())
    french = {"fr": domain.Text(2, "fr", "1" * 64)}
    for change in ({"text": domain.Text(2, "en", "2" * 64)}, {"translations": french}, {"stale": frozenset({"fr"})}):
        assert state_of(_whole(**change)) != state
    passage = _whole(translations=french).passages[0]
    assert [passage.text_in(language).number for language in ("en", "fr", "ar")] == [1, 2, 1]


def test_lines_of_a_proof_are_numbered_unless_it_is_long() -> None:
    whole = _whole()
    whole = replace(whole, passages=whole.passages[:1])

    def has_lines(characters: int, *, is_proof: bool) -> object:
        of, text = whole.passages[0], "x" * characters
        volume = Volume(whole, Writing("en", {}), [Written(of, "", "", "", text, (), ())], (), is_proof)
        return document_of(volume, {of.number: text}).data["has_lines"]

    assert has_lines(MOST_NUMBERED, is_proof=True) is True
    assert has_lines(MOST_NUMBERED + 1, is_proof=True) is False
    assert has_lines(1, is_proof=False) is False
