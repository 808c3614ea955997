"""Rounds that are open wait for who comments in them: experts who accepted, and officials of governments."""

from uuid import UUID

import asyncpg
import pytest

from tests.support.callers import CALLERS, Caller
from tests.support.centres import stepped
from tests.support.mailbox import Mailbox
from tests.support.review import UnderReview, commented, granted, official, opened, reviewer, under_review

pytestmark = pytest.mark.long("a worker reads manuscripts")
ROUNDS, REVIEWERS = "/actions/v1/review_rounds", "/actions/v1/reviewers"


@pytest.fixture
async def text(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> UnderReview:
    return await under_review(admin, superuser, monkeypatch)


async def _waiting(path: str, me: Caller) -> set[str]:
    """The ids of the records of a list whose next step is the caller's."""
    return {one["id"] for one in (await me.get(f"{path}?holder=me&limit=200")).json()["items"]}


async def _commenting(superuser: asyncpg.Connection, record: str) -> set[UUID]:
    """The accounts that comment next, by the view of the work list."""
    async with superuser.transaction():
        await superuser.execute("SET LOCAL escm.visibilities = 'public,network,restricted'")
        rows = await superuser.fetch(
            "SELECT account_id FROM action_published_work WHERE id = $1 AND verb = 'comment'", UUID(record)
        )
    return {row["account_id"] for row in rows}


async def test_a_reviewer_who_accepted_has_the_text_to_comment_on(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    mine = await _waiting(REVIEWERS, me)
    assert len(mine) == 1
    (invitation,) = mine
    assert await _commenting(superuser, invitation) == {CALLERS[me.name].id}
    assert not await _waiting(REVIEWERS, text.editor) & mine
    await commented(me, text, of_round)
    assert await _waiting(REVIEWERS, me) == mine


async def test_a_reviewer_who_is_done_is_asked_no_more_and_may_still_comment(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    (invitation,) = await _waiting(REVIEWERS, me)
    path = f"{REVIEWERS}/{invitation}"
    done = await stepped(me, (await me.get(path)).json(), "complete")
    assert done["status"] == "completed"
    assert not await _waiting(REVIEWERS, me)
    assert await _commenting(superuser, invitation) == set()
    assert (await commented(me, text, of_round))["status"] == "open"
    listed = (await text.editor.get(f"{text.path}/reviewers")).json()["items"]
    assert {one["id"]: one["status"] for one in listed}[invitation] == "completed"


async def test_a_round_that_closes_waits_for_no_reviewer(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    (invitation,) = await _waiting(REVIEWERS, me)
    await stepped(text.editor, of_round, "close")
    assert not await _waiting(REVIEWERS, me)
    assert await _commenting(superuser, invitation) == set()


async def test_officials_have_the_open_rounds_of_governments(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text, "both")
    focal = official(text.editor, monkeypatch, "XB")
    await granted(superuser, CALLERS[focal.name].id, "government_focal_point", "XB")
    author = official(text.editor, monkeypatch, "XB", "national_author")
    await granted(superuser, CALLERS[author.name].id, "national_author", "XB")
    assert of_round["id"] in await _waiting(ROUNDS, focal)
    assert of_round["id"] not in await _waiting(ROUNDS, author)
    shown = await _commenting(superuser, of_round["id"])
    assert CALLERS[focal.name].id in shown
    assert CALLERS[author.name].id not in shown
    await stepped(text.editor, of_round, "close")
    assert of_round["id"] not in await _waiting(ROUNDS, focal)
    assert await _commenting(superuser, of_round["id"]) == set()


async def test_a_round_of_experts_waits_for_no_official(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text, "experts")
    focal = official(text.editor, monkeypatch, "XB")
    await granted(superuser, CALLERS[focal.name].id, "government_focal_point", "XB")
    assert of_round["id"] not in await _waiting(ROUNDS, focal)
    assert await _commenting(superuser, of_round["id"]) == set()
