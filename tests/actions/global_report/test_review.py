"""Experts and officials comment on contributions in rounds; authors answer; an editor clears what is answered."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.actions.global_report.review_rounds.operations import apply_scheduled
from shared.kernel.clock import now, to_text, today
from tests.support.callers import CALLERS, Caller
from tests.support.centres import entered, refused, stepped
from tests.support.clock import calendar, run_on
from tests.support.editions import author
from tests.support.mailbox import Mailbox
from tests.support.review import (
    UnderReview,
    answered,
    comment_body,
    commented,
    invited,
    official,
    opened,
    reviewer,
    under_review,
)

pytestmark = pytest.mark.long("a worker reads manuscripts")


@pytest.fixture
async def text(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> UnderReview:
    """A contribution that is reviewed, hiding both sides."""
    return await under_review(admin, superuser, monkeypatch)


async def test_a_contribution_is_reviewed_and_cleared(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    other = await reviewer(text, of_round, superuser, monkeypatch)
    said = [await commented(by, text, of_round, first=1 + n % 5) for n, by in enumerate([me, other] * 6)]
    assert [one["number"] for one in said] == list(range(1, 13))
    assert (said[1]["from"], said[1]["to"], said[1]["round"], said[1]["on_version"]) == (2, 2, 1, 1)
    counted = (await text.editor.get(text.path)).json()
    assert counted["comments"] == {"open": 12, "answered": 0, "resolved": 0}
    assert (counted["current"]["number"], counted["current"]["language"]) == (1, "en")
    await stepped(text.editor, of_round, "close")
    await answered(text, said[:-1])
    assert await refused(text.editor, counted, "clear") == "comments_open"
    assert await refused(text.editor, of_round, "complete") == "comments_open"
    last = await stepped(text.author, said[-1], "answer", reason="No.", fields={"decision": "rejected", "version": 1})
    assert (last["status"], last["decision"], last["answer"], last["answered_in"]) == ("answered", "rejected", "No.", 1)
    assert await refused(text.editor, counted, "clear") == "round_not_complete"
    await stepped(text.editor, of_round, "complete")
    await stepped(other, said[-1], "resolve")
    cleared = await stepped(text.editor, counted, "clear")
    assert (cleared["status"], cleared["comments"]) == ("cleared", {"open": 0, "answered": 11, "resolved": 1})
    assert (await me.get(text.path)).status_code == 404, "the round has ended"
