"""An edition is published with its texts, figures and files, once a final build stands and its numbers repeat."""

import io
from typing import Any

import asyncpg
import pytest
from pypdf import PdfReader

from tests.actions.global_report.test_builds import built, contents, said
from tests.actions.global_report.test_errata import completed
from tests.support.callers import CALLERS, Caller
from tests.support.centres import stepped
from tests.support.editions import CONTRIBUTIONS, FIGURES
from tests.support.principals import enter_principal
from tests.support.review import UnderReview

_COSTS = "a final build is made by processes of pandoc and typst"


async def _refused(by: Caller, of: UnderReview) -> dict[str, Any]:
    response = await by.step(of.edition_path, "publish")
    assert response.status_code == 409, response.text
    return dict(response.json())


async def _hindrance(by: Caller, of: UnderReview) -> str | None:
    """Why the edition is not published now, as its transitions and its item say it."""
    shown = [(await by.get(f"{of.edition_path}{end}")).json()["allowed_actions"] for end in ("", "/transitions")]
    one, other = ({each["action"]: each["reason"] for each in actions} for actions in shown)
    assert one == other
    return one["publish"]


async def listed_builds(by: Caller, of: UnderReview) -> list[dict[str, Any]]:
    """The builds that the caller reads."""
    return list((await by.get(f"{of.edition_path}/builds")).json()["items"])


async def test_an_edition_without_a_final_build_is_not_published(
    frozen: tuple[Caller, UnderReview], anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief, text = frozen
    refusal = await _refused(chief, text)
    assert (refusal["code"], refusal["reason"]) == ("build_stale", "build_stale")
    assert await _hindrance(chief, text) == "build_stale"
    assert await _hindrance(text.editor, text) == "not_permitted"
    assert (await text.editor.step(text.edition_path, "publish")).status_code == 403
    for path in (text.path, f"{text.path}/versions", f"{text.path}/versions/1"):
        assert (await anonymous.get(path)).status_code == 404
    assert (await anonymous.get(f"{CONTRIBUTIONS}?edition_id={text.edition['id']}")).json()["items"] == []


@pytest.mark.long(_COSTS)
async def test_everybody_reads_a_published_edition(
    frozen: tuple[Caller, UnderReview], anonymous: Caller, admin: Caller, superuser: asyncpg.Connection
) -> None:
    chief, text = frozen
    await built(chief, text.edition_path, "final", languages=["en"])
    assert "lacks ar" in (await _refused(chief, text))["detail"]
    assert await _hindrance(chief, text) == "build_stale"
    build = await built(chief, text.edition_path, "final")
    assert await _hindrance(chief, text) is None
    figure = (await chief.get(f"{FIGURES}?edition_id={text.edition['id']}")).json()["items"][0]
    altered = "UPDATE action_figure_data SET content = replace(content, ':', ': ') WHERE figure_id = $1"
    kept = await superuser.fetchval("SELECT content FROM action_figure_data WHERE figure_id = $1", figure["id"])
    await superuser.execute(altered, figure["id"])
    refusal = await _refused(chief, text)
    assert (refusal["code"], refusal["figures"]) == ("figure_not_reproducible", ["experts"])
    assert await _hindrance(chief, text) == refusal["reason"] == "figure_not_reproducible"
    await stepped(chief, text.edition, "verify_figures")
    restore = "UPDATE action_figure_data SET content = $2 WHERE figure_id = $1"
    await superuser.execute(restore, figure["id"], kept)
    assert await _hindrance(chief, text) == "figure_not_reproducible", "the last verification counts"
    await stepped(chief, text.edition, "verify_figures")
    assert await _hindrance(chief, text) is None

    published = await stepped(chief, text.edition, "publish")
    assert (published["status"], published["published_at"] is not None) == ("published", True)
    shown = (await anonymous.get(text.path)).json()
    assert (shown["status"], shown["published_version"], shown["visibility"]) == ("published", 1, "public")
    assert (shown["editor_id"], shown["due"], len(shown["authors"])) == (None, None, 1)
    assert [
        one["id"] for one in (await anonymous.get(f"{CONTRIBUTIONS}?edition_id={text.edition['id']}")).json()["items"]
    ] == [shown["id"]]
    version = (await anonymous.get(f"{text.path}/versions/1")).json()
    assert (version["blocks"][1]["text"], version["note"], version["created_by"]) == ("Peat stores carbon.", None, None)
    assert [one["number"] for one in (await anonymous.get(f"{text.path}/versions")).json()["items"]] == [1]
    assert (await anonymous.get(f"{figure['links']['self']}/verification")).json()["match"] is True
    (listed,) = [
        one
        for one in (await anonymous.get(f"{text.edition_path}/builds")).json()["items"]
        if one["number"] == build["number"]
    ]
    assert (listed["stale"], listed["kind"]) == (False, "final")
    assert (await contents(anonymous, listed)).keys() >= {"en.pdf", "ar.pdf", "zip"}
    for path in (f"{text.path}/history", f"{text.path}/reviewers"):
        assert (await anonymous.get(path)).status_code in (401, 403)
    late = await chief.change(text.edition_path, isbn="978-3-16-148410-0")
    assert late.status_code == 409
    again = await built(chief, text.edition_path, "final")
    assert await contents(anonymous, again) == await contents(anonymous, listed)

    await enter_principal(superuser, CALLERS[chief.name])
    waiting = await chief.step(text.edition_path, "retract", reason="A number is wrong.")
    assert waiting.status_code == 202, waiting.text
    (pending,) = (await admin.get(f"{text.edition_path}/transitions/pending")).json()["items"]
    decided = await admin.post(f"{text.edition_path}/transitions/pending/{pending['id']}", {"decision": "confirm"})
    assert decided.status_code == 200, decided.text
    gone = (await anonymous.get(text.edition_path)).json()
    assert (gone["status"], gone["retraction"]) == ("retracted", "A number is wrong.")
    assert (await anonymous.get(text.path)).status_code == 200, "the pages stay"
    last = again["number"] + 1
    marked = await completed(anonymous, text, last)
    assert (marked["retracted"], [one["number"] for one in await listed_builds(anonymous, text)]) == (True, [last])
    assert (await anonymous.get(again["files"][0]["link"])).status_code == 404, "files without the mark"
    files, mark = await contents(anonymous, marked), "Retracted: A number is wrong."
    for ending in ("en.html", "en.md", "en.jats.xml"):
        assert mark in files[ending].decode().replace("\\", ""), ending
    assert said(files["en.pdf"]).count(mark) > len(PdfReader(io.BytesIO(files["en.pdf"])).pages)
    assert "مسحوب" in files["ar.html"].decode()
    for path in (text.edition_path, text.path):
        (cited,) = (await anonymous.get(f"{path}/citation")).json()
        assert (cited["status"], cited["note"]) == ("retracted", "Retracted: A number is wrong.")


async def test_the_last_verification_of_figures_says_whether_an_edition_is_published(
    frozen: tuple[Caller, UnderReview], superuser: asyncpg.Connection
) -> None:
    chief, text = frozen
    assert (await text.editor.step(text.edition_path, "verify_figures")).status_code == 403
    figure = (await chief.get(f"{FIGURES}?edition_id={text.edition['id']}")).json()["items"][0]["id"]
    noted = "SELECT verified_at IS NOT NULL, is_same, seen_sha256 = f.sha256 FROM action_figure_data d"
    noted += " JOIN action_figure f ON f.id = d.figure_id WHERE f.id = $1"
    assert tuple(await superuser.fetchrow(noted, figure)) == (False, True, None)
    await stepped(chief, text.edition, "verify_figures")
    assert tuple(await superuser.fetchrow(noted, figure)) == (True, True, True)

    await superuser.execute("UPDATE action_edition SET as_of = as_of - 400 WHERE id = $1", text.edition["id"])
    await superuser.execute("UPDATE action_figure SET as_of = as_of - 400 WHERE id = $1", figure)
    await stepped(chief, text.edition, "verify_figures")
    assert tuple(await superuser.fetchrow(noted, figure)) == (True, False, False)


@pytest.mark.long(_COSTS)
async def test_an_older_version_of_a_published_text_stays_with_its_editors(
    frozen: tuple[Caller, UnderReview], anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    chief, text = frozen
    await superuser.execute(
        "INSERT INTO action_version SELECT uuidv7(), contribution_id, 2, language, translates, sha256, words, blocks,"
        " content, cited, warnings, note, created_at, created_by FROM action_version WHERE contribution_id = $1",
        text.contribution["id"],
    )
    await built(chief, text.edition_path, "final")
    await stepped(chief, text.edition, "publish")
    assert [one["number"] for one in (await anonymous.get(f"{text.path}/versions")).json()["items"]] == [2]
    assert (await anonymous.get(f"{text.path}/versions/1")).status_code == 404
    assert (await text.editor.get(f"{text.path}/versions/1")).status_code == 200
    assert (await stepped(chief, text.edition, "supersede"))["status"] == "superseded"
