"""Promise 47: whoever accepts an invitation to review gets the role at once only if the inviter may give it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from deploy.matrix.ways import WAYS, actors, expected
from shared.contracts import centres as facts
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.access.appointing import Appointing
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import Members, applied, entered, stepped
from tests.support.membership import activated
from tests.support.principals import enter_callers

INVITING = [way for way in WAYS if way.gain == "reviewer"]
_HELD = (
    "SELECT status FROM access_grant WHERE principal_id = $1 AND role = 'reviewer' AND scope_kind = 'record'"
    " AND scope_id = $2 AND status IN ('proposed', 'active') ORDER BY id"
)


class Review(Appointing):
    """A centre of Alphaland (XA) under review, and its reviewers."""

    centre: dict[str, Any]

    async def reviewer(self) -> tuple[str, Caller]:
        """An active expert, and a caller that is the expert."""
        expert = str((await activated(self.members, country="XA"))["id"])
        who = await self.actor(person("reviewer", grant("expert", "self", expert)))
        await self.own(expert, CALLERS[who.name].id)
        return expert, who

    def body(self, expert: str) -> dict[str, str]:
        return {"expert_id": expert, "due": (today() + timedelta(days=30)).isoformat()}

    async def invite(self, expert: str, who: Caller | None = None) -> dict[str, Any]:
        return await entered(who or self.appoints, f"{self.centre['links']['self']}/reviewers", self.body(expert))

    async def held(self, account: UUID | None) -> list[str]:
        return [row["status"] for row in await self.rows.fetch(_HELD, account, self.centre["id"])]


@pytest.fixture
async def review(
    centres: Caller,
    members: Caller,
    superuser: asyncpg.Connection,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Review:
    await enter_callers(database_url)
    made = Review(centres, members, superuser, database, monkeypatch)
    centre = await applied(centres, Members(members), "XA", visibility="restricted")
    made.centre = await stepped(centres, centre, "accept_complete")
    return made


async def _taken(review: Review, operation: str, inviter: Caller, expert: str) -> tuple[str, httpx.Response]:
    """The invitation of an expert by this actor, and the response to it."""
    if operation == "createCentreReviewer":
        response = await inviter.post(f"{review.centre['links']['self']}/reviewers", review.body(expert))
        return response.json().get("id", ""), response
    other, _ = await review.reviewer()
    invitation = await review.invite(other)
    response = await inviter.step(invitation["links"]["self"], "replace", fields=review.body(expert))
    return response.json().get("replaced_by", ""), response


@pytest.mark.long("is every actor in turn")
@pytest.mark.parametrize("way", INVITING, ids=lambda way: way.operation)
async def test_each_inviter_gives_the_role_as_the_table_of_ways_says(review: Review, way: Any) -> None:
    wrong = []
    for known in actors():
        inviter = await review.actor(known)
        expert, who = await review.reviewer()
        invitation, response = await _taken(review, way.operation, inviter, expert)
        assert response.status_code in (200, 201, 403, 404, 428), response.text
        statuses: list[str] = []
        if invitation:
            assert (await who.step(f"/centres/v1/reviewers/{invitation}", "accept")).status_code == 200
            await review.react(facts.REVIEWER_ACCEPTED, invitation)
            statuses = await review.held(CALLERS[who.name].id)
        if statuses != ([("proposed", "active")[expected(way, known)]] if invitation else []) or (
            expected(way, known) and not invitation
        ):
            wrong.append(f"{known.name}: {response.status_code} {statuses}")
    assert not wrong, wrong


async def test_the_role_begins_with_the_acceptance_and_ends_with_the_review(review: Review) -> None:
    officer = await review.actor(person("officer", grant("secretariat_officer", "country", "XA")))
    ended = {}
    for kind in (facts.REVIEWER_REPLACED, facts.REVIEWER_ENDED):
        expert, who = await review.reviewer()
        account = CALLERS[who.name].id
        invitation = await review.invite(expert, officer)
        await review.react(facts.REVIEWER_INVITED, invitation["id"])
        assert await review.held(account) == []
        await stepped(who, invitation, "accept")
        await review.react(facts.REVIEWER_ACCEPTED, invitation["id"])
        assert await review.held(account) == ["active"]
        state = kind.split(".")[3]
        await review.rows.execute("UPDATE centre_reviewer SET status = $2 WHERE id = $1", UUID(invitation["id"]), state)
        await review.react(kind, invitation["id"])
        ended[state] = await review.held(account)
    assert ended == {"replaced": [], "ended": []}


async def test_a_stated_conflict_of_interest_gives_no_role(review: Review) -> None:
    expert, who = await review.reviewer()
    invitation = await review.invite(expert)
    await stepped(who, invitation, "accept", fields={"conflict_of_interest": True})
    await review.react(facts.REVIEWER_ACCEPTED, invitation["id"])
    assert await review.held(CALLERS[who.name].id) == []


async def test_the_role_follows_the_account_of_the_expert(review: Review) -> None:
    expert, who = await review.reviewer()
    invitation = await review.invite(expert)
    await stepped(who, invitation, "accept")
    await review.own(expert, None)
    await review.react(facts.REVIEWER_ACCEPTED, invitation["id"])
    assert await review.held(CALLERS[who.name].id) == []
    account = (await review.actor(person("somebody"))).name
    fields = {"account_id": str(CALLERS[account].id)}
    linked = await review.members.step(f"/membership/v1/experts/{expert}", "link_account", fields=fields)
    assert linked.status_code == 200, linked.text
    await review.react("escm.membership.expert.account_linked.v1", expert)
    assert await review.held(CALLERS[account].id) == ["active"]


async def test_a_reviewer_writes_and_corrects_the_review_until_the_recommendation(review: Review) -> None:
    expert, who = await review.reviewer()
    invitation = await review.invite(expert)
    await stepped(who, invitation, "accept")
    path = f"{review.centre['links']['self']}/reviews"
    scores = {"relevance": 5, "capacity": 4, "governance": 3, "plan": 4}
    body = {"reviewer_id": expert, "scores": scores, "recommendation": "designate"}
    assert (await who.post(path, body)).status_code == 404
    await review.react(facts.REVIEWER_ACCEPTED, invitation["id"])
    account = CALLERS[who.name]
    held = await review.rows.fetch(
        "SELECT role, scope_kind, scope_id FROM access_grant WHERE principal_id = $1 AND role = 'reviewer'", account.id
    )
    grants = tuple(grant(row["role"], row["scope_kind"], row["scope_id"]) for row in held)
    review.patch.setitem(CALLERS, who.name, account.holding(*grants))  # type: ignore[arg-type]
    made = await entered(who, path, body)
    item = made["links"]["self"]
    etag = (await who.get(item)).headers["etag"]
    assert (await who.patch(item, {"recommendation": "decline"}, etag=etag)).status_code == 200
    assert (await who.get(invitation["links"]["self"])).json()["status"] == "completed"
