"""Who is notified of the last days of the Global Report: editors, authors, reviewers and officials."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.access.notifying.notifications.sentences import sentence
from shared.contracts import report
from tests.access.notifying.notifications.people import People
from tests.access.notifying.notifications.test_review_rounds import entered_round, holder, official, round_of
from tests.actions.neighbours import enter
from tests.support.callers import Caller
from tests.support.centres import entered
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition, editor

REVIEW, FINAL = ("edition.review_due", "edition.review_late"), ("edition.final_due", "edition.final_late")


async def test_an_edition_reminds_its_editors_and_the_authors_for_whom_something_waits(
    people: People, actions: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, other = [await edition(actions, "open_call") for _ in range(2)]
    chief = editor(actions, of, monkeypatch)
    accounts: list[UUID] = []
    texts: list[dict[str, Any]] = []
    for _ in range(3):
        account = await people.person()
        _, named = await author(actions, superuser, monkeypatch)
        await people.own(account, named["expert_id"])
        accounts.append(account)
        texts.append(await entered(chief, CONTRIBUTIONS, contribution_body(of, named)))
    writing, answering, _ = accounts
    for text in texts[1:]:
        await superuser.execute("UPDATE action_contribution SET status = 'in_review' WHERE id = $1", UUID(text["id"]))
    in_round = await entered_round(superuser, "answering", *texts)
    said = {"country": None, "visibility": "restricted", "status": "open", "kind": "substance", "chapter": "soils"}
    named_by = {"edition_id": UUID(of["id"]), "contribution_id": UUID(texts[1]["id"]), "round_id": in_round}
    await enter(superuser, "action_comment", **said, **named_by, number=1)
    mine, theirs = [await holder(people, superuser, "editor", "edition", one["id"]) for one in (of, other)]
    for fact in (
        report.EDITION_REVIEW_DUE,
        report.EDITION_REVIEW_LATE,
        report.EDITION_FINAL_DUE,
        report.EDITION_FINAL_LATE,
    ):
        await people.announce(fact, of)
    found = [sorted(await people.events(one)) for one in (mine, theirs, *accounts)]
    assert found == [sorted((*REVIEW, *FINAL)), [], sorted(FINAL), sorted(REVIEW), []]
    assert (writing, answering) == tuple(accounts[:2])
    assert "Rapport mondial" in sentence("edition.final_late", "fr")


@pytest.mark.parametrize(("audience", "expected"), [("both", 1), ("experts", 0)])
async def test_a_round_reminds_its_reviewers_and_officials(
    people: People,
    actions: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    audience: str,
    expected: int,
) -> None:
    focal = await official(people, superuser, "government_focal_point", "XA")
    elsewhere = await official(people, superuser, "national_publisher", "XB")
    made = await round_of(actions, audience, monkeypatch)
    await people.announce(report.REVIEW_ROUND_CLOSING, made)
    assert [await people.events(one) for one in (focal, elsewhere)] == [["review_round.closing"] * expected, []]
    account = await people.person()
    _, named = await author(actions, superuser, monkeypatch)
    of_round = {"edition_id": UUID(made["edition_id"]), "contribution_id": UUID(made["contributions"][0])}
    key = await enter(
        superuser,
        "action_reviewer",
        **of_round,
        round_id=UUID(made["id"]),
        round_number=1,
        expert_id=UUID(named["expert_id"]),
        country=None,
        visibility="restricted",
        status="accepted",
    )
    await people.own(account, named["expert_id"])
    ref = await superuser.fetchval("SELECT ref FROM action_reviewer WHERE id = $1", key)
    links = {"self": f"/actions/v1/reviewers/{key}"}
    said = {"id": str(key), "ref": ref, "version": 1, "country": None, "links": links}
    await people.announce(report.REVIEWER_ROUND_CLOSING, said)
    assert await people.events(account) == ["reviewer.round_closing"]
