"""Hostile manuscripts: none runs code, reads a file or opens an address, and what is left out names its block."""

import asyncio
import io
import time
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from lxml import html

from services.actions.global_report.versions import pandoc
from services.actions.global_report.versions.domain import DOCX, MARKDOWN, Unreadable, is_safe
from services.actions.global_report.versions.reading import reading_of
from services.actions.global_report.volumes.domain import Passage, Text
from services.actions.global_report.volumes.writing import Writing
from tests.actions.global_report.test_versions import docx

_SECRET = "the-content-of-a-secret-file"
_ENTITY = '<!DOCTYPE d [<!ENTITY x SYSTEM "{file}">]>'
_LAUGHS = "<!DOCTYPE d [" + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10)
) + "]>"  # fmt: skip


_ELEMENTS = {
    *("a", "aside", "code", "div", "em", "figcaption", "figure", "hr", "li", "ol", "p", "pre", "section", "span"),
    *("strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
"""What a page of a text is made of."""


@dataclass
class Trap:
    """A file that nobody reads and an address that nobody opens."""

    file: Path
    address: str
    opened: int = 0


@pytest.fixture
async def trap(tmp_path: Path) -> AsyncIterator[Trap]:
    file = tmp_path / "secret.txt"
    file.write_text(_SECRET)

    async def open_it(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.opened += 1
        writer.close()

    server = await asyncio.start_server(open_it, "127.0.0.1", 0)
    found = Trap(file, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x")
    yield found
    server.close()


_LEFT_OUT = {
    "picture-of-a-file": ("![x]({file})", "unresolved_reference"),
    "picture-of-an-address": ("![x]({address})", "unresolved_reference"),
    "picture-of-a-file-address": ("![x](file://{file})", "unresolved_reference"),
    "picture-as-data": ("![x](data:image/svg+xml;base64,PHN2Zz4=)", "unresolved_reference"),
    "figure-of-a-file": ("Text.\n\n![A caption]({file})\n", "unresolved_reference"),
    "link-of-javascript": ("[x](javascript:alert(1))", "unsafe_link"),
    "link-of-javascript-in-capitals": ("[x](JaVaScRiPt:alert(1))", "unsafe_link"),
    "link-of-data": ("[x](data:text/html,<b>)", "unsafe_link"),
    "link-of-a-file": ("[x](file://{file})", "unsafe_link"),
    "link-inside": ("[x](http://10.1.2.3/)", "unsafe_link"),
    "link-to-metadata": ("[x](http://169.254.169.254/latest/)", "unsafe_link"),
    "link-to-localhost": ("[x](http://localhost:5432/)", "unsafe_link"),
    "link-in-other-digits": ("[x](http://0x7f000001/)", "unsafe_link"),
    "link-in-a-table": ("| a |\n|---|\n| [x](javascript:alert(1)) |\n", "unsafe_link"),
    "link-in-a-note": ("x[^1]\n\n[^1]: [y](vbscript:x)\n", "unsafe_link"),
    "right-to-left": ("Peat \u202estores\u202c carbon.", "direction_override"),
    "figure-that-is-not-there": ("See {{figure:../../etc/passwd}} and {{figure:none}}.", "unresolved_reference"),
    "citation-that-is-not-there": ("As [@nobody] says.", "unresolved_reference"),
}
_AS_TEXT = {
    "script": "<script>fetch('{address}')</script>",
    "frame": "<iframe src='{address}'></iframe>",
    "typst": '`#image("{file}")`{{=typst}}',
    "typst-in-words": '#include "{file}"',
    "tex": "\\input{{{file}}}",
    "latex-block": "```{{=latex}}\n\\input{{{file}}}\n```",
    "include-of-rst": ".. include:: {file}",
    "yaml": "---\nbibliography: {file}\ncss: {address}\n---\n\nText.",
}


def _filled(text: str, trap: Trap) -> str:
    return text.format(file=trap.file, address=trap.address)


async def _read(content: bytes, media_type: str = MARKDOWN) -> tuple[str, Any]:
    found, what = await reading_of(content, media_type, ())
    return orjson.dumps(found).decode(), what


@pytest.mark.parametrize("name", _LEFT_OUT)
async def test_what_leads_out_is_left_out_and_names_its_block(name: str, trap: Trap) -> None:
    text, code = _LEFT_OUT[name]
    stored, what = await _read(f"First.\n\n{_filled(text, trap)}\n\nLast.".encode())
    assert code in {one["code"] for one in what.warnings}
    assert all(1 < one["block"] <= len(what.blocks) for one in what.warnings)
    assert _SECRET not in stored
    assert "\u202e" not in stored
    assert '"Image"' not in stored
    assert not any(f'"{scheme}:' in stored.lower() for scheme in ("javascript", "vbscript", "data", "file"))
    assert trap.opened == 0


@pytest.mark.parametrize("name", _AS_TEXT)
async def test_code_is_text(name: str, trap: Trap) -> None:
    stored, _ = await _read(f"First.\n\n{_filled(_AS_TEXT[name], trap)}\n".encode())
    assert '"RawBlock"' not in stored
    assert '"RawInline"' not in stored
    assert _SECRET not in stored
    assert trap.opened == 0


@pytest.mark.parametrize(
    ("head", "text"),
    [(_ENTITY, "a&x;b"), (_ENTITY.replace("{file}", "{address}"), "a&x;b"), (_LAUGHS.replace("{", "{{"), "&l9;")],
    ids=["file", "address", "laughs"],
)
async def test_a_document_has_no_entities(head: str, text: str, trap: Trap) -> None:
    try:
        stored, _ = await _read(docx(text, head=_filled(head, trap)), DOCX)
    except Unreadable:
        stored = ""
    assert _SECRET not in stored
    assert len(stored) < 10_000
    assert trap.opened == 0


_DRAWING = (
    '<w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">'
    '<a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:link="out"/>'
    "</wp:inline></w:drawing></w:r>"
)
_FIELD = "<w:p><w:r><w:instrText>{code}</w:instrText></w:r></w:p>"
_PARTS = {
    "picture-outside": f"<w:p>{_DRAWING}</w:p>",
    "part-of-another-document": (
        '<w:altChunk xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="out"/>'
    ),
    "field-with-a-file": _FIELD.format(code="INCLUDETEXT &quot;{file}&quot;"),
    "field-with-a-command": _FIELD.format(code="DDEAUTO cmd.exe &quot;/c calc&quot;"),
}


@pytest.mark.parametrize("name", _PARTS)
@pytest.mark.parametrize("target", ["file://{file}", "{address}"])
async def test_a_document_brings_nothing_from_outside(name: str, target: str, trap: Trap) -> None:
    links = f'<Relationship Id="out" Type="x" TargetMode="External" Target="{_filled(target, trap)}"/>'
    content = docx("First.", more=_PARTS[name].replace("{file}", str(trap.file)), links=links)
    stored, what = await _read(content, DOCX)
    assert [one["text"] for one in what.blocks if one["text"]] == ["First."]
    assert (_SECRET in stored, '"Image"' in stored, trap.opened) == (False, False, 0)


async def test_a_page_has_elements_of_text_alone_and_safe_links(trap: Trap) -> None:
    hostile = [_filled(text, trap) for text in (*(text for text, _ in _LEFT_OUT.values()), *_AS_TEXT.values())]
    text = "\n\n".join(one for one in hostile if not one.startswith("---"))
    content, _ = await reading_of(f"{text}\n\n[good](https://example.org/x) $a < b$".encode(), MARKDOWN, ())
    of = Passage(UUID(int=1), 1, "a", {}, {}, [], None, None, [], Text(1, "en", "0"), {}, frozenset())
    page = html.fromstring(f"<div>{(await Writing('en', {}).write(of, content, [], 2)).html}</div>")
    elements = [one for one in page.iter() if isinstance(one.tag, str)]
    assert {one.tag for one in elements} <= _ELEMENTS
    assert {name for one in elements for name in one.attrib} <= {"class", "href", "id", "role", "style"}
    assert {one.get("style") for one in elements} <= {None, "text-align: left;", "width: 100%"}
    addresses = {one.get("href") for one in elements if one.get("href")}
    assert "https://example.org/x" in addresses
    assert all(is_safe(address) for address in addresses)


def _bomb() -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (100 << 20))
    return found.getvalue()


def _crowd() -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for number in range(2_001):
            archive.writestr(f"part{number}", b"")
    return found.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type", "place"),
    [
        (b"First.\n\n" + b"- " * 5_000 + b"x", MARKDOWN, "Line 3"),
        (b"> " * 5_000 + b"x", MARKDOWN, "Line 1"),
        (b"First.\n\n" + b"\n\n".join(b"    " * n + b"- x" for n in range(60)), MARKDOWN, "Block"),
        (b"", MARKDOWN, "empty"),
        (b"\xff\xfe\x00", MARKDOWN, "UTF-8"),
        (_bomb(), DOCX, "unpacks"),
        (_crowd(), DOCX, "parts"),
        (b"PK no archive", DOCX, "no DOCX"),
        (docx("x")[:-30], DOCX, "no DOCX"),
    ],
    ids=["lists", "quotes", "deep", "empty", "bytes", "bomb", "crowd", "broken", "cut"],
)
async def test_what_cannot_be_read_says_where(content: bytes, media_type: str, place: str) -> None:
    with pytest.raises(Unreadable, match=place):
        await reading_of(content, media_type, ())


async def test_what_takes_too_long_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pandoc, "SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(Unreadable, match="takes more than"):
        await reading_of(b"[" * 20_000, MARKDOWN, ())
    assert time.monotonic() - began < 20, "the child is killed"


def test_only_public_addresses_are_safe() -> None:
    for address in ("https://example.org/x", "mailto:a@example.org", "#part", "http://[2606:4700::1111]/"):
        assert is_safe(address), address
    for address in ("//example.org", "/etc/passwd", "http://[::1]/", "http://2130706433/", "ftp://example.org", "x"):
        assert not is_safe(address), address
