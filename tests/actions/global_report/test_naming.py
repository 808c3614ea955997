"""Who reviews, comments or answers is named once the edition is published, if the person consents, and not before."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.actions.global_report.test_published_comments import published_after
from tests.support.callers import CALLERS, Caller
from tests.support.editions import author
from tests.support.mailbox import Mailbox
from tests.support.review import UnderReview, commented, official, opened, reviewer, under_review

CONSENTS = "/actions/v1/naming_consents"
_LONG = "a final build is made by processes of pandoc and typst"


async def _consent(by: Caller, of: UnderReview, **more: Any) -> dict[str, Any]:
    made = await by.post(CONSENTS, {"edition_id": of.edition["id"], **more})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def _rename(superuser: asyncpg.Connection, who: Caller, name: str) -> None:
    await superuser.execute(
        "UPDATE member_expert SET display_name = $2 WHERE account_id = $1", CALLERS[who.name].id, name
    )


async def test_a_person_who_takes_part_consents_and_withdraws(
    admin: Caller,
    anonymous: Caller,
    posted: Mailbox,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = await under_review(admin, superuser, monkeypatch)
    of_round = await opened(text, "both")
    me, minister = await reviewer(text, of_round, superuser, monkeypatch), official(admin, monkeypatch, "XC")
    word = f"Amina {uuid4().hex}"
    await _rename(superuser, me, word)
    body = {"edition_id": text.edition["id"]}
    assert (await anonymous.post(CONSENTS, body)).status_code == 401
    assert (await admin.known_as("government_xa").get(CONSENTS)).status_code == 404
    stranger, _named = await author(admin, superuser, monkeypatch)
    assert (await stranger.post(CONSENTS, body)).status_code == 409
    assert (await me.post(CONSENTS, {"edition_id": str(uuid4())})).status_code == 409, (
        "it says of none that it is there"
    )

    assert (await me.get(CONSENTS)).json()["items"] == []
    made = await _consent(me, text, name="Somebody else")
    assert (made["name"], made["edition_id"]) == (word, text.edition["id"])
    assert (await _consent(me, text))["consented_at"] == made["consented_at"]
    assert (await me.get(CONSENTS)).json()["items"] == [made]
    assert (await minister.get(CONSENTS)).json()["items"] == []

    said = await commented(minister, text, of_round)
    unnamed = await minister.post(CONSENTS, body)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["pointer"]) == (422, "/name")
    assert (await _consent(minister, text, name="Minister Keita"))["name"] == "Minister Keita"
    mine = await commented(me, text, of_round)
    for reader in (text.author, text.editor, admin, me):
        for path in (mine["links"]["self"], f"{text.path}/comments", f"{text.edition_path}/comments?format=csv"):
            response = await reader.get(path)
            assert (response.status_code, word in response.text, "Keita" in response.text) == (200, False, False)
        assert word not in (await reader.get(f"{text.edition_path}/history")).text
    assert (await minister.get(said["links"]["self"])).json()["commenter"] is None

    for key in (text.edition["id"], text.edition["id"], "none"):
        assert (await me.request("DELETE", f"{CONSENTS}/{key}")).status_code == 204
    assert (await me.get(CONSENTS)).json()["items"] == []
    facts = await superuser.fetch(
        "SELECT action FROM core_audit WHERE resource LIKE '%naming_consents' AND actor_id = $1 ORDER BY at",
        CALLERS[me.name].id,
    )
    assert [row["action"] for row in facts] == ["consent", "consent", "withdraw"]


@pytest.mark.long(_LONG)
async def test_published_comments_name_who_consents_to_it(
    admin: Caller,
    anonymous: Caller,
    posted: Mailbox,
    membership: httpx.AsyncClient,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert membership
    text = await under_review(admin, superuser, monkeypatch)
    of_round = await opened(text, "both")
    me, other = [await reviewer(text, of_round, superuser, monkeypatch) for _ in range(2)]
    minister = official(admin, monkeypatch, "XC")
    words = {one.name: f"Name {uuid4().hex}" for one in (me, other, text.author)}
    for one in (me, other, text.author):
        await _rename(superuser, one, words[one.name])
    said = [await commented(by, text, of_round) for by in (me, other, minister)]
    for one in (me, text.author):
        await _consent(one, text)
    await published_after(text, said, of_round, monkeypatch)

    async def named(reader: Caller) -> list[tuple[str | None, str | None]]:
        found = (await reader.get(f"{text.path}/comments?sort=number")).json()["items"]
        sheet = (await reader.get(f"{text.edition_path}/comments?format=csv")).text
        for one in found:
            assert (await reader.get(one["links"]["self"])).json()["commenter"] == one["commenter"]
            assert one["commenter"] is None or one["commenter"] in sheet
            assert (one["created_by"], one["government"]) == (None, None) or reader is not anonymous
        assert words[other.name] not in sheet
        return [(one["commenter"], one["answerer"]) for one in found]

    answerer = words[text.author.name]
    for reader in (anonymous, text.author, me, admin):
        assert await named(reader) == [(words[me.name], answerer), (None, answerer), (None, answerer)]
    await _consent(minister, text, name="Minister Keita")
    assert (await named(anonymous))[2] == ("Minister Keita", answerer)
    etag = (await anonymous.get(said[0]["links"]["self"])).headers["etag"]
    for one in (me, text.author):
        assert (await one.request("DELETE", f"{CONSENTS}/{text.edition['id']}")).status_code == 204
    assert await named(anonymous) == [(None, None), (None, None), ("Minister Keita", None)]
    again = await anonymous.get(said[0]["links"]["self"], headers={"If-None-Match": etag})
    assert again.status_code == 200, "what a reader has kept is another one now"
    held = await superuser.fetch("SELECT * FROM action_naming WHERE edition_id = $1", UUID(text.edition["id"]))
    assert [row["name"] for row in held] == ["Minister Keita"]
