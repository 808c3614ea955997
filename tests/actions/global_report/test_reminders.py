"""Editions remind of the last days of the review and of final texts, rounds of their end, each day once."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.actions.global_report.editions import operations as editions
from services.actions.global_report.review.reviewers import operations as reviewers
from services.actions.global_report.review.rounds import operations as review_rounds
from shared.contracts import report
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.clock import run_on
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition, editor

REVIEW, FINAL = date(2061, 3, 31), date(2061, 5, 31)
DEADLINES = {"draft": "2061-01-31", "review": str(REVIEW), "final": str(FINAL)}
AROUND = (-15, -14, -13, -3, 0, 1, 6, 7, 8, 14, 21)


@pytest.fixture
def counted(database: Database, superuser: asyncpg.Connection) -> Any:
    """How many facts of these types a record has, after a schedule ran by four workers on each of these days."""

    async def count(
        schedule: Callable[[UnitOfWork], Awaitable[None]], of: str, types: list[str], due: date, days: Sequence[int]
    ) -> list[int]:
        found = []
        for day in days:
            await run_on(due + timedelta(days=day), schedule, database, workers=4)
            query = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = ANY($2)"
            found.append(await superuser.fetchval(query, UUID(of), types))
        return found

    return count


async def test_editions_remind_of_the_review_until_everything_is_reviewed(
    admin: Caller, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call", deadlines=DEADLINES)
    text = await entered(editor(admin, of, monkeypatch), CONTRIBUTIONS, contribution_body(of))
    near, late = [report.EDITION_REVIEW_DUE], [report.EDITION_REVIEW_LATE]
    assert await counted(editions.remind, of["id"], near + late, REVIEW, (-14,)) == [0], "its call is open"
    await stepped(admin, of, "close_call")
    assert await counted(editions.remind, of["id"], near + late, REVIEW, AROUND) == [0, 1, 1, 2, 3, 3, 3, 4, 4, 5, 6]
    assert await counted(editions.remind, of["id"], late, REVIEW, (22,)) == [3]
    await stepped(admin, text, "drop", reason="Nobody writes it.")
    assert await counted(editions.remind, of["id"], late, REVIEW, (28, 35)) == [3, 3], "nothing is to be reviewed"


async def test_editions_remind_of_the_review_while_a_round_is_not_complete(
    admin: Caller, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call", deadlines=DEADLINES)
    chief = editor(admin, of, monkeypatch)
    text = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    body = {"opens": to_text(now()), "closes": "2061-03-01T12:00:00Z", "audience": "experts"}
    made = await entered(chief, f"{of['links']['self']}/review_rounds", {**body, "contributions": [text["id"]]})
    await stepped(chief, text, "drop", reason="Nobody writes it.")
    await stepped(admin, of, "close_call")
    near = [report.EDITION_REVIEW_DUE]
    assert await counted(editions.remind, of["id"], near, REVIEW, (-14,)) == [1]
    for step in ("open", "close", "complete"):
        await stepped(chief, made, step)
    assert await counted(editions.remind, of["id"], near, REVIEW, (-3,)) == [1], "the round is complete"


async def test_editions_remind_of_final_texts_until_they_are_frozen(
    admin: Caller, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call", deadlines=DEADLINES)
    chief = editor(admin, of, monkeypatch, "editor_in_chief")
    await stepped(chief, of, "close_call")
    near, late = [report.EDITION_FINAL_DUE], [report.EDITION_FINAL_LATE]
    assert await counted(editions.remind, of["id"], near, FINAL, AROUND) == [0, 1, 1, 2, 3, 3, 3, 3, 3, 3, 3]
    assert await counted(editions.remind, of["id"], late, FINAL, (21,)) == [3]
    changed = await chief.change(of["links"]["self"], deadlines={**DEADLINES, "final": "2061-12-31"})
    assert changed.status_code == 200, changed.text
    assert await counted(editions.remind, of["id"], near, date(2061, 12, 31), (-14,)) == [4], "it has another last day"
    await stepped(chief, of, "freeze")
    assert await counted(editions.remind, of["id"], near + late, date(2061, 12, 31), (0, 7)) == [7, 7]


async def test_rounds_remind_reviewers_and_officials_before_they_close(
    admin: Caller, counted: Any, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = await edition(admin, "open_call")
    chief = editor(admin, of, monkeypatch)
    text = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    body = {"opens": to_text(now()), "closes": "2061-03-31T12:00:00Z", "audience": "both"}
    made = await entered(chief, f"{of['links']['self']}/review_rounds", {**body, "contributions": [text["id"]]})
    people = [await author(admin, superuser, monkeypatch) for _ in range(4)]
    invited = [
        await entered(chief, f"{text['links']['self']}/reviewers", {"expert_id": named["expert_id"], "round": 1})
        for _, named in people
    ]
    await stepped(people[1][0], invited[1], "accept")
    await stepped(people[2][0], invited[2], "accept", fields={"conflict_of_interest": True})
    await stepped(people[3][0], invited[3], "decline")
    closing, waiting = [report.REVIEW_ROUND_CLOSING], [report.REVIEWER_ROUND_CLOSING]
    assert await counted(review_rounds.remind, made["id"], closing, REVIEW, (-14,)) == [0], "it has not opened"
    assert await counted(reviewers.remind, invited[0]["id"], waiting, REVIEW, (-14,)) == [0]
    await stepped(chief, made, "open")
    days, expected = (-15, -14, -13, -3, 0, 1, 7), [0, 1, 1, 2, 3, 3, 3]
    assert await counted(review_rounds.remind, made["id"], closing, REVIEW, days) == expected
    assert await counted(reviewers.remind, invited[0]["id"], waiting, REVIEW, days) == expected
    found = [await counted(reviewers.remind, one["id"], waiting, REVIEW, (0,)) for one in invited]
    assert found == [[3], [3], [0], [0]], "one states a conflict of interest, one has declined"
    history = (await chief.get(f"{invited[1]['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in history].count("remind") == 3
    await stepped(chief, made, "close")
    assert await counted(reviewers.remind, invited[0]["id"], waiting, REVIEW, (0,)) == [3]


async def test_workers_that_remind_at_the_same_time_remind_everybody_once(
    admin: Caller, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time; a worker checks again what another has just marked."""
    of = await edition(admin, "open_call")
    chief = editor(admin, of, monkeypatch)
    text = await entered(chief, CONTRIBUTIONS, contribution_body(of))
    body = {"opens": to_text(now()), "closes": "2061-03-31T12:00:00Z", "audience": "both"}
    made = await entered(chief, f"{of['links']['self']}/review_rounds", {**body, "contributions": [text["id"]]})
    for _ in range(6):
        _, named = await author(admin, superuser, monkeypatch)
        await entered(chief, f"{text['links']['self']}/reviewers", {"expert_id": named["expert_id"], "round": 1})
    await stepped(chief, made, "open")
    query = (
        "SELECT count(*) FROM core_outbox o JOIN action_reviewer r ON r.id = o.subject"
        " WHERE round_id = $1 AND type = $2"
    )
    for time in range(1, 31):
        await superuser.execute("UPDATE action_reviewer SET reminded_on = NULL WHERE round_id = $1", UUID(made["id"]))
        await run_on(REVIEW, reviewers.remind, database, workers=8)
        assert await superuser.fetchval(query, UUID(made["id"]), report.REVIEWER_ROUND_CLOSING) == 6 * time
