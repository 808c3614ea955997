"""An edition that says so publishes comments with their answers, and names nobody."""

from typing import Any

import asyncpg
import httpx
import pytest

from tests.actions.global_report.test_builds import built
from tests.support.callers import CALLERS, Caller
from tests.support.centres import stepped
from tests.support.editions import editor
from tests.support.mailbox import Mailbox
from tests.support.review import UnderReview, commented, official, opened, reviewer, under_review

_COMMENTS = "/actions/v1/comments"


async def published_after(
    text: UnderReview, said: list[dict[str, Any]], of_round: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Caller:
    """The editor-in-chief of the edition, which is published after its round."""
    chief = editor(text.editor, text.edition, monkeypatch, "editor_in_chief")
    await stepped(text.editor, of_round, "close")
    for one in said:
        await stepped(text.author, one, "answer", reason="See block 2.", fields={"decision": "accepted"})
    await stepped(text.editor, of_round, "complete")
    await stepped(text.editor, text.contribution, "clear")
    for verb in ("close_call", "freeze"):
        await stepped(chief, text.edition, verb)
    await built(chief, text.edition_path, "final")
    await stepped(chief, text.edition, "publish")
    return chief


@pytest.mark.long("a final build is made by processes of pandoc and typst")
@pytest.mark.parametrize("blind", ["double", "open"])
async def test_everybody_reads_comments_and_answers_without_names(
    admin: Caller,
    anonymous: Caller,
    posted: Mailbox,
    membership: httpx.AsyncClient,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    blind: str,
) -> None:
    assert membership
    text = await under_review(admin, superuser, monkeypatch, blind)
    of_round = await opened(text, "both")
    expert, minister = (
        await reviewer(text, of_round, superuser, monkeypatch),
        official(admin, monkeypatch, "XC"),
    )
    said = [await commented(by, text, of_round) for by in (expert, minister)]
    withdrawn = await commented(expert, text, of_round)
    await stepped(expert, withdrawn, "withdraw")
    places = (f"{text.path}/comments", f"{text.edition_path}/comments", f"{_COMMENTS}?edition_id={text.edition['id']}")
    for place in places[1:]:
        assert (await anonymous.get(place)).json()["items"] == []
    assert (await anonymous.get(said[0]["links"]["self"])).status_code == 404
    chief = await published_after(text, said, of_round, monkeypatch)

    names = {str(CALLERS[one.name].id) for one in (expert, minister, text.author, text.editor, chief)}
    applicant = admin.known_as("applicant")
    for reader in (anonymous, applicant):
        for place in places:
            found = (await reader.get(f"{place}{'&' if '?' in place else '?'}sort=number")).json()["items"]
            assert [(one["number"], one["answer"], one["status"]) for one in found] == [
                (1, "See block 2.", "answered"),
                (2, "See block 2.", "answered"),
            ]
            assert {(one["government"], one["created_by"], one["updated_by"]) for one in found} == {(None, None, None)}
        for one in said:
            response = await reader.get(one["links"]["self"])
            assert (response.status_code, response.json()["text"]) == (200, one["text"])
            assert not any(name in response.text for name in names)
            assert (await reader.get(f"{one['links']['self']}/history")).status_code in (401, 403)
        assert (await reader.get(withdrawn["links"]["self"])).status_code == 404
        sheet = await reader.get(f"{text.edition_path}/comments?format=csv")
        assert (sheet.status_code, len(sheet.text.strip().splitlines())) == (200, 3)
        assert not any(name in sheet.text for name in (*names, "XC"))
    mine = (await minister.get(said[1]["links"]["self"])).json()
    assert (mine["government"], mine["created_by"] is not None) == ("XC", True)
    assert (await chief.get(said[1]["links"]["self"])).json()["government"] == "XC"
    hidden = (await text.author.get(said[1]["links"]["self"])).json()
    assert hidden["government"] == (None if blind == "double" else "XC")


@pytest.mark.long("a final build is made by processes of pandoc and typst")
async def test_an_edition_keeps_its_comments_if_it_says_so(
    admin: Caller,
    anonymous: Caller,
    posted: Mailbox,
    membership: httpx.AsyncClient,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert membership
    text = await under_review(admin, superuser, monkeypatch)
    closed = await admin.change(text.edition_path, review={"blind": "double", "publish_comments": False})
    assert closed.status_code == 200, closed.text
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    said = await commented(me, text, of_round)
    await published_after(text, [said], of_round, monkeypatch)
    assert (await anonymous.get(f"{text.path}/comments")).json()["items"] == []
    assert (await anonymous.get(said["links"]["self"])).status_code == 404
    assert (await me.get(said["links"]["self"])).status_code == 200
