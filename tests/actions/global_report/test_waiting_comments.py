"""Comments that wait for an answer are in the work list of the authors, without who commented."""

from uuid import UUID

import asyncpg
import pytest

from tests.support.callers import CALLERS, Caller
from tests.support.centres import stepped
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition
from tests.support.mailbox import Mailbox
from tests.support.review import UnderReview, commented, official, opened, reviewer, under_review

pytestmark = pytest.mark.long("a worker reads manuscripts")
COMMENTS = "/actions/v1/comments"


@pytest.fixture
async def text(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> UnderReview:
    """A contribution that is reviewed, hiding both sides."""
    return await under_review(admin, superuser, monkeypatch)


async def waiting(me: Caller) -> set[str]:
    """The ids of the comments whose next step is the caller's."""
    return {one["id"] for one in (await me.get(f"{COMMENTS}?holder=me&limit=200")).json()["items"]}


async def items_of(superuser: asyncpg.Connection, *comments: str) -> set[tuple[str, str, UUID]]:
    """What the view of the work list has about comments: resource, verb, and whose step it is."""
    async with superuser.transaction():
        await superuser.execute("SET LOCAL escm.visibilities = 'public,network,restricted'")
        rows = await superuser.fetch(
            "SELECT resource, verb, account_id FROM action_published_work WHERE id = ANY($1)", [*map(UUID, comments)]
        )
    return {(row["resource"], row["verb"], row["account_id"]) for row in rows}


async def test_each_author_has_what_waits_until_somebody_answers(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, named = await author(text.editor, superuser, monkeypatch)
    first = {name: value for name, value in text.contribution["authors"][0].items() if name != "confirmed_at"}
    await stepped(text.editor, text.contribution, "return", reason="Name everybody.")
    changed = await text.author.change(text.path, authors=[first, {**named, "corresponding": False}])
    assert changed.status_code == 200, changed.text
    of_round = await opened(text, "both")
    me, focal = await reviewer(text, of_round, superuser, monkeypatch), official(text.editor, monkeypatch, "XB")
    said = [await commented(by, text, of_round) for by in (me, focal)]
    keys = {one["id"] for one in said}
    for each in (text.author, other):
        assert await waiting(each) == keys
    stranger = (await author(text.editor, superuser, monkeypatch))[0]
    for each in (me, focal, stranger, text.editor):
        assert not await waiting(each) & keys
    accounts = {CALLERS[one.name].id for one in (text.author, other)}
    assert await items_of(superuser, *keys) == {("actions.comments", "answer", account) for account in accounts}
    shown = (await text.author.get(f"{COMMENTS}?holder=me")).json()["items"]
    assert {one["created_by"] for one in shown} == {one["updated_by"] for one in shown} == {None}
    await stepped(other, said[0], "answer", reason="Yes.", fields={"decision": "accepted"})
    assert await waiting(text.author) == await waiting(other) == {said[1]["id"]}
    await stepped(me, said[0], "reopen")
    await stepped(focal, said[1], "withdraw")
    assert await waiting(text.author) == {said[0]["id"]}
    await stepped(text.editor, text.contribution, "drop", reason="Nobody writes it.")
    assert not await waiting(text.author)
    assert not await items_of(superuser, *keys)


async def test_a_contribution_without_comments_makes_no_work(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    me, named = await author(admin, superuser, monkeypatch)
    assert (await me.post(CONTRIBUTIONS, contribution_body(of, named))).status_code == 201
    assert not await waiting(me)
    assert (await Caller(admin._client, None).get(f"{COMMENTS}?holder=me")).status_code == 400
