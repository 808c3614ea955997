"""Images of manuscripts are files of evidence or of the DOCX, without metadata, with a text for who cannot see them."""

import io
import struct
import zipfile
from typing import Any

import asyncpg
import pytest
from httpx import Response
from lxml import etree, html
from pypdf import PdfReader

from services.actions.global_report.versions.domain import DOCX, MARKDOWN
from services.actions.global_report.versions.images import MOST_BYTES, MOST_IMAGES, Unusable, image_of
from services.actions.global_report.versions.reading import reading_of
from tests.actions.global_report.test_builds import built, contents
from tests.actions.global_report.test_versions import docx, ended
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition, editor
from tests.support.images import SECRET, chunk, jpeg, png
from tests.support.mailbox import Mailbox
from tests.support.published_files import jats_faults, pdf_faults
from tests.support.review import UnderReview, opened, reviewer, under_review

_HREF = "{http://www.w3.org/1999/xlink}href"
_DRAWING = """<w:p><w:r><w:drawing><wp:inline
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">
<wp:extent cx="25400" cy="25400"/><wp:docPr id="1" name="Picture" descr="{descr}"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>
<pic:nvPicPr><pic:cNvPr id="0" name="Picture" descr="{descr}"/></pic:nvPicPr>
<pic:blipFill><a:blip r:embed="{link}"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline>
</w:drawing></w:r></w:p>"""
_IMAGE_LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
_COSTS = "a process of pandoc reads the manuscript, one of typst tries the image"


def _wide(width: int, height: int) -> bytes:
    """A PNG that says that it has this size."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize(("content", "kind", "size"), [(png(), "png", (4, 3)), (jpeg(), "jpg", (1, 1))])
def test_an_image_keeps_what_shows_and_nothing_else(content: bytes, kind: str, size: tuple[int, int]) -> None:
    found = image_of(content)
    assert SECRET in content
    assert SECRET not in found.content
    assert (found.width, found.height) == size
    assert found.name.endswith(f".{kind}")
    assert image_of(found.content) == found
    assert image_of(content + b"<script>").content == found.content


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GIF89a", "it is neither PNG nor JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is neither PNG nor JPEG"),
        (b"", "it is neither PNG nor JPEG"),
        (png()[:-6], "it is damaged"),
        (png().replace(b"IDAT", b"IDAX"), "it is damaged"),
        (jpeg()[:-2], "it is damaged"),
        (jpeg()[:30], "it is damaged"),
        (_wide(4_001, 3_000), "it has more than 12 million pixels"),
        (_wide(0, 3), "it has more than 12 million pixels"),
        (jpeg().replace(b"\xff\xc2\0\x0b\x08\0\1\0\1\1", b"\xff\xc2\0\x0b\x08\0\1\0\1\4"), "save it as RGB"),
    ],
)  # fmt: skip
def test_what_is_no_image_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Unusable, match=reason):
        image_of(content)


def test_an_image_of_more_than_five_mebibytes_is_refused() -> None:
    with pytest.raises(Unusable, match="it has more than 5 MiB"):
        image_of(png() + bytes(MOST_BYTES))


async def _read(text: str, **files: bytes) -> tuple[Any, list[tuple[str, int]]]:
    async def find(_named: Any) -> dict[str, bytes]:
        return {f"evidence:{name}": content for name, content in files.items()}

    found, reading = await reading_of(text.encode(), MARKDOWN, (), (), find)
    return (found, reading), [(one["code"], one["block"]) for one in reading.warnings]


@pytest.mark.long(_COSTS)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("![](evidence:EVD-1)", "alternative_missing"),
        ("![ ](evidence:EVD-1)", "alternative_missing"),
        ("![A bog](evidence:EVD-2)", "unresolved_reference"),
        ("![A bog](EVD-1)", "unresolved_reference"),
        ("![A bog](evidence:EVD-3)", "unresolved_reference"),
        ("![A bog](evidence:EVD-4)", "unresolved_reference"),
        ("![A bog](https://example.org/bog.png)", "unresolved_reference"),
    ],
)
async def test_an_image_that_is_not_printed_names_its_block(text: str, code: str) -> None:
    files = {"EVD-1": png(), "EVD-3": b"%PDF-1.7", "EVD-4": _wide(4, 3)}
    (found, reading), warnings = await _read(f"First.\n\nThere {text} is one.\n", **files)
    assert warnings == [(code, 2)]
    assert '"Image"' not in str(found).replace("'", '"')
    assert reading.placed == []


@pytest.mark.long(_COSTS)
async def test_an_image_has_the_text_that_stands_for_it() -> None:
    table = "| a |\n|---|\n| ![Fen](evidence:EVD-1) |\n"
    text = f'![A *bog*](evidence:EVD-1)\n\nAnd ![](evidence:EVD-1){{alt="In spring"}} here.\n\n{table}'
    (_, reading), warnings = await _read(text, **{"EVD-1": png()})
    assert warnings == []
    placed = [(one["block"], one["alternative"]) for one in reading.placed]
    assert placed == [(1, "A bog"), (2, "In spring"), (3, "Fen")]
    assert {one["name"] for one in reading.placed} == {image_of(png()).name}
    assert [block["kind"] for block in reading.blocks] == ["figure", "paragraph", "table"]


@pytest.mark.long(_COSTS)
async def test_a_text_has_so_many_images_and_no_more() -> None:
    files = {f"EVD-{n}": png(4 + n, 3) for n in range(MOST_IMAGES + 1)}
    text = "\n\n".join(f"![Bog {n}](evidence:EVD-{n})" for n in range(MOST_IMAGES + 1))
    (_, reading), warnings = await _read(text, **files)
    assert len(reading.placed) == MOST_IMAGES
    assert warnings == [("unresolved_reference", MOST_IMAGES + 1)]


def _with_images(*files: tuple[str, bytes, str]) -> bytes:
    """A DOCX with these images: a name, the content, and what stands for it."""
    links = "".join(
        f'<Relationship Id="i{n}" Type="{_IMAGE_LINK}" Target="{name}"/>' for n, (name, _, _) in enumerate(files)
    )
    drawn = "".join(_DRAWING.format(link=f"i{n}", descr=descr) for n, (_, _, descr) in enumerate(files))
    content = io.BytesIO(docx("Peat stores carbon.", more=drawn, links=links))
    with zipfile.ZipFile(content, "a") as archive:
        for name, file, _ in files:
            archive.writestr(f"word/{name}", file)
    return content.getvalue()


@pytest.mark.long(_COSTS)
async def test_the_images_of_a_docx_are_read() -> None:
    sent = _with_images(
        ("media/image1.png", png(), "A bog"),
        ("media/image2.jpeg", jpeg(), "A fen"),
        ("media/image3.png", png(5), ""),
        ("media/image4.emf", b"\x01\x00\x00\x00", "A drawing"),
        ("../../../etc/passwd", png(6), "A path"),
    )
    found, reading = await reading_of(sent, DOCX, ())
    placed = [(one["block"], one["name"], one["alternative"]) for one in reading.placed]
    assert placed == [(2, image_of(png()).name, "A bog"), (3, image_of(jpeg()).name, "A fen")]
    assert [(one["code"], one["block"]) for one in reading.warnings] == [
        ("alternative_missing", 4),
        ("unresolved_reference", 5),
    ]
    assert "passwd" not in str(found)


@pytest.mark.long(_COSTS)
async def test_the_images_of_a_docx_are_read_from_links_that_begin_at_its_root() -> None:
    inside = _with_images(("/word/media/image1.png", png(), "A bog"), ("/media/image2.png", png(5), "A fen"))
    outside = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(inside)) as made, zipfile.ZipFile(outside, "w") as moved:
        for name in made.namelist():
            moved.writestr(name.replace("word//", ""), made.read(name))
    _, reading = await reading_of(outside.getvalue(), DOCX, ())
    placed = [(one["block"], one["name"], one["alternative"]) for one in reading.placed]
    assert placed == [(2, image_of(png()).name, "A bog"), (3, image_of(png(5)).name, "A fen")]
    assert reading.warnings == []


async def _sent(by: Caller, content: bytes, **fields: str) -> Response:
    """The response to a file of evidence."""
    file = ("bog", content, "application/octet-stream")
    return await by.post("/actions/v1/evidence", data={"title": "A bog", **fields}, files={"file": file})


async def _file(by: Caller, expert: str, content: bytes) -> str:
    """The ref of a file that an expert sends."""
    sent = await _sent(by, content, scope_id=expert)
    assert sent.status_code == 201, sent.text
    return str(sent.json()["ref"])


@pytest.mark.long(_COSTS)
async def test_authors_print_their_own_files_and_public_ones(
    admin: Caller, posted: Mailbox, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert posted
    of = await edition(admin, "open_call")
    me, named = await author(admin, superuser, monkeypatch)
    early = await _sent(me, png(), scope_id=named["expert_id"])
    assert (early.status_code, early.json()["code"]) == (409, "no_open_use"), "of no contribution yet"
    text = await entered(me, CONTRIBUTIONS, contribution_body(of, named))
    other, of_other = await author(admin, superuser, monkeypatch)
    await entered(other, CONTRIBUTIONS, contribution_body(of, of_other))
    mine = await _file(me, named["expert_id"], png())
    theirs = await _file(other, of_other["expert_id"], png(5))
    shared = await _sent(admin, jpeg(), country="XA", visibility="public")
    assert shared.status_code == 201, shared.text
    body = f"![Mine](evidence:{mine})\n\n![Theirs](evidence:{theirs})\n\n![Public](evidence:{shared.json()['id']})\n"
    path = text["links"]["self"]
    job = await ended(me, await me.post(f"{path}/versions", {"body": body}))
    assert [(one["code"], one["block"]) for one in job["result"]["warnings"]] == [("unresolved_reference", 2)]
    version = (await me.get(f"{path}/versions/1")).json()
    assert [(one["block"], one["alternative"]) for one in version["images"]] == [(1, "Mine"), (3, "Public")]
    for one, content in zip(version["images"], (png(), jpeg()), strict=True):
        sent = await me.get(one["link"])
        assert sent.status_code == 200, sent.text
        assert sent.content == image_of(content).content
        assert sent.headers["content-type"] == image_of(content).media_type
        assert (await other.get(one["link"])).status_code == 404
        assert (await admin.known_as(None).get(one["link"])).status_code in (401, 404)
    unknown = await me.get(f"{path}/versions/1/images/image-{'0' * 32}.png")
    assert unknown.status_code == 404


@pytest.mark.long(_COSTS)
async def test_images_stand_in_each_format_and_before_reviewers_without_metadata(
    admin: Caller, posted: Mailbox, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert posted
    text = await under_review(admin, superuser, monkeypatch)
    chief = editor(admin, text.edition, monkeypatch, "editor_in_chief")
    await stepped(text.editor, text.contribution, "return", reason="Show it.")
    sent = _with_images(("media/image1.png", png(2_000, 1_000), "A bog in spring"))
    form = {"file": ("text.docx", sent, DOCX)}
    job = await ended(text.author, await text.author.post(f"{text.path}/versions", files=form))
    assert job["result"]["warnings"] == []
    await stepped(text.author, text.contribution, "submit")
    await stepped(text.editor, text.contribution, "take")
    await _is_shown_to_a_reviewer(text, superuser, monkeypatch)
    await stepped(chief, text.edition, "close_call")
    build = await built(chief, text.edition_path)
    files = await contents(chief, build)
    name = image_of(png(2_000, 1_000)).name
    stored = next(one for one in build["files"] if one["name"] == name)
    assert (stored["media_type"], stored["contribution"], stored["language"]) == ("image/png", 1, None)
    (shown,) = html.fromstring(files["en.html"].decode()).iter("img")
    assert (shown.get("src"), shown.get("alt")) == (name, "A bog in spring")
    article = etree.fromstring(files["en.jats.xml"])
    graphics = [one for one in article.iter("graphic", "inline-graphic") if one.get(_HREF) == name]
    assert [one.findtext("alt-text") for one in graphics] == ["A bog in spring"]
    assert jats_faults(files["en.jats.xml"]) == []
    assert f"]({name})" in files["en.md"].decode()
    with zipfile.ZipFile(io.BytesIO(files["zip"])) as archive:
        assert archive.read(name) == image_of(png(2_000, 1_000)).content
    for ending, profile in (("en.pdf", "3a"), ("en.soils-1.pdf", "ua1")):
        assert pdf_faults(files[ending], profile) == []
        assert _drawn(files[ending]) == [(2_000, 1_000)], ending
        assert SECRET not in files[ending]
    again = await contents(chief, await built(chief, text.edition_path))
    assert {end: content for end, content in again.items() if end != "zip"} == {
        end: content for end, content in files.items() if end != "zip"
    }


def _drawn(pdf: bytes) -> list[tuple[int, int]]:
    """The sizes of the images on the pages of a PDF."""
    resources: list[Any] = [page["/Resources"] for page in PdfReader(io.BytesIO(pdf)).pages]
    drawn = [one.get_object() for each in resources for one in each.get("/XObject", {}).values()]
    return [(one["/Width"], one["/Height"]) for one in drawn if one["/Subtype"] == "/Image"]


async def _is_shown_to_a_reviewer(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = await reviewer(text, await opened(text), superuser, monkeypatch)
    version = (await me.get(f"{text.path}/versions/2")).json()
    (image,) = version["images"]
    sent = await me.get(image["link"])
    assert sent.status_code == 200, sent.text
    assert sent.content.startswith(b"\x89PNG")
    assert SECRET not in sent.content
