"""Authors send manuscripts, which become versions with numbered blocks; a contribution goes to its editor and back."""

import io
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from services.actions.global_report.versions.domain import DOCX
from services.actions.global_report.versions.reading import reading_of
from tests.support.callers import Caller
from tests.support.centres import entered, refused, stepped
from tests.support.editions import CONTRIBUTIONS, FIGURES, author, contribution_body, day, edition, editor, figure_body
from tests.support.mailbox import Mailbox
from tests.support.waiting import eventually

Callers = Callable[[str | None], Caller]
_TEXT = "# Peat\n\nPeat stores carbon [@known], also elsewhere [@unknown].\n\n- first\n- second, see {figure:soil}\n"
_KNOWN = {"id": "known", "type": "report", "title": "Peat"}
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMES = f'xmlns:w="{_WORD}" xmlns:wp="{_DRAWING}" xmlns:r="{_OFFICE}"'


def docx(
    *paragraphs: str, head: str = "", more: str = "", links: str = "", parts: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """A document with these paragraphs and `more`, which names `links` to others, and further parts of its archive."""
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    package = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{office}" Target="word/document.xml"/>'
        f'<Relationship Id="b" Type="{_LINKS}/metadata/core-properties" Target="docProps/core.xml"/></Relationships>'
    )
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    document = f"{head}<w:document {_NAMES}><w:body>{body}{more}</w:body></w:document>"
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", package)
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{_LINKS}">{links}</Relationships>')
        archive.writestr("word/document.xml", document)
        for name, content in parts.items():
            archive.writestr(name, content)
    return found.getvalue()


async def ended(by: Caller, response: Any) -> dict[str, Any]:
    """The job of a response, once it has ended."""
    assert response.status_code == 202, response.text
    address = f"/actions/v1/jobs/{response.json()['id']}"

    async def over() -> dict[str, Any] | None:
        job = (await by.get(address)).json()
        return dict(job) if job["status"] in ("succeeded", "failed") else None

    return await eventually(over)


async def read(by: Caller, path: str, body: str = _TEXT, **more: Any) -> dict[str, Any]:
    """The result of the job that reads Markdown."""
    job = await ended(by, await by.post(f"{path}/versions", {"body": body, **more}))
    assert job["status"] == "succeeded", job
    return dict(job["result"])


@pytest.fixture
async def draft(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> tuple[Caller, Caller, dict[str, Any]]:
    """An author, an editor, and an accepted contribution, while a worker runs."""
    of = await edition(admin, "open_call")
    me, named = await author(admin, superuser, monkeypatch)
    chief = editor(admin, of, monkeypatch)
    made = await entered(me, CONTRIBUTIONS, contribution_body(of, named))
    return me, chief, await stepped(chief, made, "accept")


async def test_a_manuscript_becomes_a_version_with_numbered_blocks(
    draft: tuple[Caller, Caller, dict[str, Any]],
) -> None:
    me, chief, text = draft
    path = text["links"]["self"]
    result = await read(me, path, references=[_KNOWN], note="First")
    assert (result["number"], result["language"], result["blocks"]) == (1, "en", 4)
    assert [(one["code"], one["block"]) for one in result["warnings"]] == [
        ("unresolved_reference", 2),
        ("unresolved_reference", 4),
    ]
    found = (await chief.get(f"{path}/versions/1")).json()
    assert [(one["number"], one["kind"], one["text"]) for one in found["blocks"]] == [
        (1, "heading", "Peat"),
        (2, "paragraph", "Peat stores carbon [@known], also elsewhere [@unknown]."),
        (3, "item", "first"),
        (4, "item", "second, see {figure:soil}"),
    ]
    assert (found["references"], found["note"], found["sha256"]) == ([_KNOWN], "First", result["sha256"])
    again = await read(me, path, references=[_KNOWN])
    assert (again["number"], again["sha256"]) == (2, result["sha256"]), "equal texts have equal digests"
    assert [one["number"] for one in (await me.get(f"{path}/versions")).json()["items"]] == [2, 1]
    assert (await me.get(f"{path}/versions/3")).status_code == 404
    lines = (await chief.get(f"{path}/history")).json()["items"]
    assert (lines[0]["action"], lines[0]["by"]["kind"]) == ("add_version", "account")


async def test_markers_name_figures_of_the_edition(
    draft: tuple[Caller, Caller, dict[str, Any]], membership: httpx.AsyncClient
) -> None:
    assert membership
    me, chief, text = draft
    await entered(chief, FIGURES, figure_body({"id": text["edition_id"]}, key="soil"))
    result = await read(me, text["links"]["self"], references=[_KNOWN])
    assert [one["block"] for one in result["warnings"]] == [2]


async def test_docx_comes_as_a_form(
    draft: tuple[Caller, Caller, dict[str, Any]], superuser: asyncpg.Connection
) -> None:
    me, _, text = draft
    path = f"{text['links']['self']}/versions"
    file = {"file": ("peat.docx", docx("Peat stores carbon.", "Much of it."), DOCX)}
    job = await ended(me, await me.post(path, data={"note": "From Word", "references": "[]"}, files=file))
    assert (job["status"], job["result"]["blocks"], job["result"]["words"]) == ("succeeded", 2, 6)
    found = (await me.get(f"{path}/1")).json()
    assert [one["text"] for one in found["blocks"]] == ["Peat stores carbon.", "Much of it."]
    plain = {"file": ("peat.md", b"# Peat\n\nText.", "text/markdown")}
    assert (await ended(me, await me.post(path, data={}, files=plain)))["result"]["blocks"] == 2
    left = "SELECT count(*) FROM action_manuscript WHERE contribution_id = $1"
    assert await superuser.fetchval(left, text["id"]) == 0, "nothing else is kept of a file"


_NAMED = {
    "docProps/core.xml": (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>Amina Hidden</dc:creator>'
        "<cp:lastModifiedBy>Amina Hidden</cp:lastModifiedBy></cp:coreProperties>"
    ),
    "docProps/app.xml": "<Properties><Company>Hidden University</Company></Properties>",
    "word/comments.xml": (
        f'<w:comments {_NAMES}><w:comment w:id="1" w:author="Amina Hidden" w:initials="AH">'
        "<w:p><w:r><w:t>Hidden remark</w:t></w:r></w:p></w:comment></w:comments>"
    ),
}
"""Parts of a document that say who wrote it."""
_CHANGED = (
    '<w:p><w:commentRangeStart w:id="1"/><w:ins w:id="2" w:author="Amina Hidden"><w:r><w:t>Added.</w:t></w:r></w:ins>'
    '<w:del w:id="3" w:author="Bo Hidden"><w:r><w:delText>Hidden before.</w:delText></w:r></w:del>'
    '<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r></w:p>'
)


async def test_nothing_is_kept_of_who_wrote_commented_or_changed_a_docx() -> None:
    links = f'<Relationship Id="c" Type="{_OFFICE}/comments" Target="comments.xml"/>'
    content, reading = await reading_of(docx("First.", more=_CHANGED, links=links, parts=_NAMED), DOCX, ())
    assert [block["text"] for block in reading.blocks] == ["First.", "Added."]
    assert "Hidden" not in orjson.dumps([content, reading.blocks, reading.warnings]).decode()


async def test_a_translation_names_what_it_translates(draft: tuple[Caller, Caller, dict[str, Any]]) -> None:
    me, _, text = draft
    path = text["links"]["self"]
    await read(me, path)
    for body in ({"language": "fr"}, {"language": "fr", "of": 7}, {"of": 1}):
        response = await me.post(f"{path}/versions", {"body": "Texte.", **body})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/of")
    translated = await read(me, path, "Texte.", language="fr", of=1)
    assert (translated["number"], translated["language"]) == (2, "fr")
    assert (await me.get(f"{path}/versions/2")).json()["of"] == 1


async def test_what_is_no_version_is_refused(draft: tuple[Caller, Caller, dict[str, Any]]) -> None:
    me, _, text = draft
    path = f"{text['links']['self']}/versions"
    for body in ({}, {"body": ""}, {"body": "x" * 512_001}, {"body": "x", "references": [{"id": "a"}]}):
        assert (await me.post(path, body)).status_code == 422
    assert (await me.post(path, {"file_sha256": "0" * 64})).status_code == 422
    for stranger in ("focal_xa", "officer"):
        assert (await me.known_as(stranger).post(path, {"body": "x"})).status_code == 404
    assert (await me.known_as("auditor").post(path, {"body": "x"})).status_code == 403


async def test_a_contribution_goes_to_its_editor_and_back(draft: tuple[Caller, Caller, dict[str, Any]]) -> None:
    me, chief, text = draft
    path = text["links"]["self"]
    assert await refused(me, text, "submit") == "version_missing"
    await read(me, path)
    assert await refused(me, text, "submit") == "abstract_missing"
    await me.change(path, abstract={"en": "Peat."})
    assert await refused(me, text, "submit") == "conflicts_missing"
    await me.change(path, conflicts="None.")
    assert await refused(me, text, "submit") == "authorships_unconfirmed"
    await stepped(me, text, "confirm_authorship")
    submitted = await stepped(me, text, "submit")
    assert (await me.post(f"{path}/versions", {"body": "Late."})).status_code == 409
    assert (await me.change(path, keywords=["late"])).status_code == 409
    waiting = (await chief.get(f"{CONTRIBUTIONS}?holder=me")).json()["items"]
    assert [one["id"] for one in waiting] == [text["id"]]
    taken = await stepped(chief, submitted, "take")
    late = {"action": "return", "reason": "shorter", "fields": {"due": day(-1)}}
    refusal = await chief.step(path, **late)
    assert (refusal.status_code, refusal.json()["errors"][0]["pointer"]) == (422, "/fields/due")
    returned = await stepped(chief, taken, "return", reason="shorter", fields={"due": day(5)})
    assert (returned["status"], returned["due"]) == ("changes_requested", day(5))
    assert (await read(me, path, "Shorter."))["number"] == 2
    assert (await stepped(me, returned, "submit"))["status"] == "submitted"


async def test_a_version_never_changes(
    draft: tuple[Caller, Caller, dict[str, Any]], superuser: asyncpg.Connection, database: Any
) -> None:
    me, _, text = draft
    await read(me, text["links"]["self"])
    async with database.acquire() as connection:
        for statement in ("UPDATE action_version SET words = 1", "DELETE FROM action_version"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"{statement} WHERE contribution_id = $1", text["id"])
