"""Officers invite experts to review a centre. The experts answer by the mailed token or signed in. Only they and the
office know of it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.notifying.feed.domain import share_of
from services.centres.designation.reviewers import operations
from services.centres.erasing import erase
from services.centres.reactions import REACTIONS
from shared.contracts import centres as facts
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from shared.mail import tokens
from shared.messaging.inbox import Inbox
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import (
    Members,
    applied,
    entered,
    refused,
    review_body,
    reviewed,
    stepped,
    unused_country,
)
from tests.support.clock import run_on
from tests.support.membership import activated

REVIEWERS = "/centres/v1/reviewers"
DECISION = f"{REVIEWERS}/answer"


class Application:
    """A restricted centre under review in a country of its own, with an officer of the country."""

    def __init__(
        self, admin: Caller, members: Members, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.admin, self.members, self.rows, self._monkeypatch = admin, members, rows, monkeypatch
        self.country = unused_country()
        self.officer = self.caller(grant("secretariat_officer", "country", self.country))
        self.centre: dict[str, Any] = {}

    @property
    def path(self) -> str:
        return f"{self.centre['links']['self']}/reviewers"

    def caller(self, *grants: Any) -> Caller:
        """A new person with these grants."""
        name = str(uuid4())
        self._monkeypatch.setitem(CALLERS, name, person(name, *grants))  # type: ignore[arg-type]
        return self.admin.known_as(name)

    async def expert(self, account: UUID | None = None) -> str:
        """An active expert of the country."""
        made = await activated(self.members.admin, country=self.country)
        if account is not None:
            await self.own(made["id"], account)
        return str(made["id"])

    async def own(self, expert: str, account: UUID | None) -> None:
        await self.rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), account)

    async def reviewer(self) -> tuple[Caller, str]:
        """An active expert with an account that holds the role over its own entry."""
        expert = await self.expert()
        who = self.caller(grant("expert", "self", expert))
        await self.own(expert, CALLERS[who.name].id)
        return who, expert

    async def invite(self, expert: str, days: int = 30) -> dict[str, Any]:
        return await entered(self.officer, self.path, {"expert_id": expert, "due": _in_days(days)})

    async def token(self, invitation: dict[str, Any]) -> str:
        """A token as membership mails it."""
        token = uuid4().hex
        valid: dict[str, Any] = {"service": tokens.MEMBERSHIP, "purpose": tokens.REVIEW, "address": "a@example.org"}
        until = now() + timedelta(days=1)
        await tokens.issue(self.rows, subject=UUID(invitation["id"]), token=token, until=until, **valid)
        return token

    async def status(self, invitation: dict[str, Any]) -> str:
        return str((await self.officer.get(invitation["links"]["self"])).json()["status"])


def _in_days(days: int) -> str:
    return str(today() + timedelta(days=days))


@pytest.fixture
async def application(
    admin: Caller, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Application:
    made = Application(admin, members, superuser, monkeypatch)
    centre = await applied(admin, members, made.country, visibility="restricted")
    made.centre = await stepped(admin, centre, "accept_complete")
    return made


@pytest.fixture
async def anonymous(centres: httpx.AsyncClient) -> Caller:
    return Caller(centres, None)


async def test_an_expert_accepts_signed_in_and_writes_the_review(application: Application) -> None:
    who, expert = await application.reviewer()
    invitation = await application.invite(expert)
    assert (invitation["status"], invitation["ref"][:4]) == ("invited", "RVR-")
    path = invitation["links"]["self"]
    shown = (await who.get(path)).json()
    assert shown["centre_names"] == application.centre["names"]
    assert [(one["action"], one["allowed"]) for one in shown["allowed_actions"]] == [
        ("accept", True), ("decline", True), ("replace", False),
    ]  # fmt: skip
    assert [one["id"] for one in (await who.get(f"{REVIEWERS}?holder=me")).json()["items"]] == [invitation["id"]]
    accepted = await stepped(who, invitation, "accept")
    assert (accepted["status"], accepted["conflict_of_interest"]) == ("accepted", False)
    assert await refused(who, accepted, "accept") == "not_in_this_state"
    await reviewed(application.admin, application.members, application.centre, reviewer_id=expert)
    assert await application.status(invitation) == "completed"
    assert (await who.get(f"{REVIEWERS}?holder=me")).json()["items"] == []
    history = (await who.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["complete", "accept", "create"]


async def test_only_the_expert_decides(application: Application) -> None:
    _, expert = await application.reviewer()
    invitation = await application.invite(expert)
    assert await refused(application.admin, invitation, "accept") == "not_the_reviewer"
    refusal = await application.officer.step(invitation["links"]["self"], "decline")
    assert (refusal.status_code, refusal.json()["reason"]) == (403, "not_permitted")
    own, expert = await application.reviewer()
    refusal = await own.step((await application.invite(expert))["links"]["self"], "replace")
    assert (refusal.status_code, refusal.json()["reason"]) == (403, "not_permitted")
    other, _ = await application.reviewer()
    assert (await other.get(invitation["links"]["self"])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "target", "conflict"),
    [
        ({"decision": "accept"}, "accepted", (False, None)),
        ({"decision": "accept", "conflict_of_interest": True}, "accepted", (True, None)),
        ({"decision": "accept", "conflict": "A cousin"}, "accepted", (True, "A cousin")),
        ({"decision": "decline", "reason": "No time"}, "declined", (None, None)),
    ],
)
async def test_the_token_decides_once_and_the_same_decision_may_be_repeated(
    application: Application, anonymous: Caller, fields: dict[str, Any], target: str, conflict: tuple[Any, ...]
) -> None:
    invitation = await application.invite(await application.expert())
    body = {"token": await application.token(invitation), **fields}
    assert (await anonymous.get(DECISION)).status_code == 401
    first, again = await anonymous.post(DECISION, body), await anonymous.post(DECISION, body)
    assert first.status_code == 200, first.text
    assert first.json() == again.json()
    assert (first.json()["ref"], first.json()["status"]) == (invitation["ref"], target)
    shown = (await application.officer.get(invitation["links"]["self"])).json()
    assert (shown["conflict_of_interest"], shown["conflict"]) == conflict
    assert shown["version"] == 2
    line = (await application.officer.get(f"{invitation['links']['self']}/history")).json()["items"][0]
    assert (line["action"], line["by"]["kind"], line["reason"]) == (
        fields["decision"],
        "anonymous",
        fields.get("reason"),
    )
    other = {"token": body["token"], "decision": "accept", "conflict": "Another"}
    for body in (other, {**other, "token": uuid4().hex}):
        response = await anonymous.post(DECISION, body)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "token_not_valid")


async def test_a_token_of_another_purpose_or_of_an_ended_invitation_is_refused(
    application: Application, anonymous: Caller
) -> None:
    invitation = await application.invite(await application.expert())
    token = await application.token(invitation)
    body = {"token": token, "decision": "accept"}
    await application.rows.execute(
        "UPDATE core_mail_token SET purpose = 'claim' WHERE digest = $1", tokens.digest(token)
    )
    assert (await anonymous.post(DECISION, body)).status_code == 422
    await application.rows.execute(
        "UPDATE core_mail_token SET purpose = 'review' WHERE digest = $1", tokens.digest(token)
    )
    fields = {"expert_id": await application.expert(), "due": _in_days(9)}
    replaced = await stepped(application.officer, invitation, "replace", fields=fields)
    assert (await anonymous.post(DECISION, body)).status_code == 422
    successor = (await application.officer.get(f"{REVIEWERS}/{replaced['replaced_by']}")).json()
    assert (successor["status"], successor["expert_id"], successor["due"]) == ("invited", *fields.values())
    body["token"] = await application.token(successor)
    for _ in range(2):
        await reviewed(application.admin, application.members, application.centre)
    await stepped(application.officer, application.centre, "recommend")
    assert (await anonymous.post(DECISION, body)).status_code == 422


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        ("a prospect", 409, "conflict"),
        ("nobody", 422, "unknown_reference"),
        ("of the host", 422, "reviewer_of_host"),
        ("the director", 422, "reviewer_concerned"),
        ("the applicant", 422, "reviewer_concerned"),
        ("the officer", 403, "forbidden"),
        ("invited", 409, "conflict"),
        ("a reviewer", 409, "conflict"),
    ],
)
async def test_who_is_not_invited(application: Application, who: str, status: int, code: str) -> None:
    members, centre = application.members, application.centre
    expert = str(uuid4())
    if who == "a prospect":
        expert = await members.expert(application.country)
    elif who == "of the host":
        expert = await application.expert()
        body = {"institution_id": centre["host_institution_id"], "from": "2020"}
        await entered(members.admin, f"/membership/v1/experts/{expert}/affiliations", body)
    elif who == "the director":
        expert = await application.expert()
        await application.rows.execute(
            "UPDATE centre_centre SET director_id = $2 WHERE id = $1", UUID(centre["id"]), UUID(expert)
        )
    elif who in ("the applicant", "the officer"):
        caller = application.admin if who == "the applicant" else application.officer
        await application.rows.execute(
            "UPDATE member_expert SET account_id = NULL WHERE account_id = $1", CALLERS[caller.name].id
        )
        expert = await application.expert(CALLERS[caller.name].id)
    elif who == "invited":
        expert = (await application.invite(await application.expert()))["expert_id"]
    elif who == "a reviewer":
        expert = await application.expert()
        await reviewed(application.admin, members, centre, reviewer_id=expert)
    body = {"expert_id": expert, "due": _in_days(9)}
    response = await application.officer.post(application.path, body)
    assert response.status_code == status, response.text
    problem = response.json()
    assert code in (problem["code"], *(error["code"] for error in problem.get("errors", ())))
    if who == "the officer":
        return
    if code != "forbidden":
        assert problem["errors"][0]["pointer"] == "/expert_id"
    invitation = await application.invite(await application.expert())
    replacing = await application.officer.step(invitation["links"]["self"], "replace", fields=body)
    assert (replacing.status_code, replacing.json()["errors"][0]["pointer"]) == (status, "/fields/expert_id")
    assert await application.status(invitation) == "invited"


@pytest.mark.parametrize("days", [0, 366])
async def test_the_due_day_is_within_a_year(application: Application, days: int) -> None:
    expert = await application.expert()
    response = await application.officer.post(application.path, {"expert_id": expert, "due": _in_days(days)})
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/due")
    invitation = await application.invite(expert)
    path = invitation["links"]["self"]
    etag = (await application.officer.get(path)).headers["etag"]
    changed = await application.officer.patch(path, {"due": _in_days(days)}, etag=etag)
    assert (changed.status_code, changed.json()["errors"][0]["pointer"]) == (422, "/due")
    changed = await application.officer.patch(path, {"due": _in_days(40)}, etag=etag)
    assert (changed.status_code, changed.json()["due"]) == (200, _in_days(40))
    fixed = await application.officer.patch(path, {"expert_id": str(uuid4())}, etag=changed.headers["etag"])
    assert fixed.status_code == 422
    missing = await application.officer.step(path, "replace", fields={"due": _in_days(5)})
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/fields/expert_id")


async def test_experts_are_invited_only_while_the_centre_is_under_review(
    application: Application, admin: Caller, members: Members, anonymous: Caller
) -> None:
    early = await applied(admin, members, application.country)
    body = {"expert_id": await application.expert(), "due": _in_days(9)}
    response = await admin.post(f"{early['links']['self']}/reviewers", body)
    assert (response.status_code, response.json()["current_state"]) == (409, "submitted")
    who, expert = await application.reviewer()
    invitation = await application.invite(expert)
    for _ in range(2):
        await reviewed(admin, members, application.centre)
    await stepped(application.officer, application.centre, "recommend")
    late = await who.step(invitation["links"]["self"], "accept")
    assert (late.status_code, late.json()["current_state"]) == (409, "awaiting_agreement")


async def test_the_end_of_the_review_ends_its_invitations(application: Application, database: Database) -> None:
    accepting, expert = await application.reviewer()
    first, second = await application.invite(expert), await application.invite(await application.expert())
    declining, expert = await application.reviewer()
    third = await application.invite(expert)
    await stepped(accepting, first, "accept")
    await stepped(declining, third, "decline", reason="No time")
    await stepped(application.officer, application.centre, "decline", reason="Too early")
    inbox = Inbox("centres", REACTIONS)
    for _ in range(2):
        fact = Fact(type=facts.CENTRE_DECLINED, subject=UUID(application.centre["id"]), ref="X", version=9, link="/x")
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await inbox.react(uow, [fact])
    assert [await application.status(one) for one in (first, second, third)] == ["ended", "ended", "declined"]


async def test_a_stated_conflict_of_interest_stands_in_the_review(application: Application) -> None:
    who, expert = await application.reviewer()
    await stepped(who, await application.invite(expert), "accept", fields={"conflict": "A cousin"})
    assert (await who.get(f"{REVIEWERS}?holder=me")).json()["items"] == []
    path = f"{application.centre['links']['self']}/reviews"
    body = await review_body(application.members, application.country, reviewer_id=expert)
    denied = await application.officer.post(path, body)
    assert (denied.status_code, denied.json()["errors"][0]["pointer"]) == (422, "/conflict_of_interest")
    review = await entered(application.officer, path, {**body, "conflict_of_interest": True})
    item = review["links"]["self"]
    etag = (await application.officer.get(item)).headers["etag"]
    denied = await application.officer.patch(item, {"conflict_of_interest": False}, etag=etag)
    assert (denied.status_code, denied.json()["errors"][0]["pointer"]) == (422, "/conflict_of_interest")


@pytest.mark.parametrize(
    ("role", "scope_kind", "seen"),
    [
        ("centre_director", "centre", False),
        ("institution_representative", "centre", False),
        ("committee_president", "country", False),
        ("committee_secretary", "country", False),
        ("government_focal_point", "country", False),
        ("national_author", "country", False),
        ("api_client", "country", False),
        ("reviewer", "record", False),
        ("auditor", "country", True),
        ("secretariat_officer", "country", True),
    ],
)
async def test_applicants_and_other_reviewers_do_not_learn_who_reviews(
    application: Application, role: str, scope_kind: str, seen: bool
) -> None:
    invitation = await application.invite(await application.expert())
    scope = application.country if scope_kind == "country" else application.centre["id"]
    who = application.caller(grant(role, scope_kind, scope))
    lists = [application.path, REVIEWERS, f"{REVIEWERS}?centre_id={application.centre['id']}&include=total_estimate"]
    for path in lists:
        response = await who.get(path)
        assert response.status_code == 200, response.text
        assert [item["id"] for item in response.json()["items"]] == ([invitation["id"]] if seen else [])
        assert response.json().get("total_estimate", int(seen)) == int(seen)
    streamed = await who.get(f"{application.path}?format=ndjson")
    assert (invitation["id"] in streamed.text) is seen
    for part in ("", "/history", "/transitions"):
        assert (await who.get(invitation["links"]["self"] + part)).status_code == (200 if seen else 404)
    share = share_of(CALLERS[who.name])
    assert (f"centres.reviewer|{application.country}" in share.places) is seen
    history = (await who.get(f"{application.centre['links']['self']}/history")).text
    assert invitation["expert_id"] not in history


async def test_outsiders_get_nothing(application: Application, anonymous: Caller) -> None:
    invitation = await application.invite(await application.expert())
    assert (await anonymous.get(application.path)).status_code == 401
    stranger = application.caller(grant("secretariat_officer", "country", "XA"))
    assert (await stranger.get(application.path)).status_code == 404
    assert (await stranger.get(invitation["links"]["self"])).status_code == 404
    body = {"expert_id": await application.expert(), "due": _in_days(9)}
    assert (await stranger.post(application.path, body)).status_code == 404
    director = application.caller(grant("centre_director", "centre", application.centre["id"]))
    assert (await director.post(application.path, body)).status_code == 403


async def test_row_level_security_hides_invitations_from_whoever_has_no_permission(application: Application) -> None:
    invitation = await application.invite(await application.expert())
    count = "SELECT count(*) FROM centre_reviewer WHERE id = $1"
    for setting, value, found in (
        ("escm.records", application.centre["id"], 0),
        ("escm.records", invitation["expert_id"], 1),
        ("escm.countries", application.country, 1),
        ("escm.countries", "XA", 0),
        ("escm.visibilities", "public,network", 0),
    ):
        async with application.rows.transaction():
            await application.rows.execute("SET LOCAL ROLE escm_centres")
            await application.rows.execute("SET LOCAL escm.visibilities = ''")
            await application.rows.execute(f"SET LOCAL {setting} = '{value}'")
            assert await application.rows.fetchval(count, UUID(invitation["id"])) == found


@pytest.fixture
async def reminding(database: Database, superuser: asyncpg.Connection) -> AsyncIterator[Any]:
    """Reminds on a day that is given by its distance from the due day of an invitation."""

    async def remind(invitation: dict[str, Any], days_before: int) -> int:
        key, day = UUID(invitation["id"]), date.fromisoformat(invitation["due"]) - timedelta(days=days_before)
        announced = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type = $2"
        before = await superuser.fetchval(announced, key, facts.REVIEWER_REVIEW_DUE)
        for _ in range(2):
            await run_on(day, operations.remind, database)
        return int(await superuser.fetchval(announced, key, facts.REVIEWER_REVIEW_DUE) - before)

    return remind


async def test_reminders_come_seven_days_and_one_day_before(application: Application, reminding: Any) -> None:
    who, expert = await application.reviewer()
    invitation = await application.invite(expert)
    assert [await reminding(invitation, days) for days in (8, 7, 6)] == [0, 1, 0]
    await stepped(who, invitation, "accept")
    assert [await reminding(invitation, days) for days in (2, 1, 0, -1)] == [0, 1, 0, 0]


async def test_nobody_is_reminded_who_was_invited_late_or_has_reviewed(
    application: Application, reminding: Any
) -> None:
    late = await application.invite(await application.expert(), days=5)
    assert [await reminding(late, days) for days in (5, 1)] == [0, 1]
    who, expert = await application.reviewer()
    conflicted = await application.invite(expert)
    await stepped(who, conflicted, "accept", fields={"conflict_of_interest": True})
    done = await application.invite(await application.expert())
    await reviewed(application.admin, application.members, application.centre, reviewer_id=done["expert_id"])
    for invitation in (conflicted, done):
        assert [await reminding(invitation, days) for days in (7, 1)] == [0, 0]


async def test_an_erasure_deletes_the_invitations_of_the_person(application: Application, database: Database) -> None:
    invitation = await application.invite(await application.expert())
    for rows in (1, 0):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            counts = await erase(uow, UUID(invitation["expert_id"]))
        assert counts.get("reviewers", 0) == rows
    assert (await application.officer.get(invitation["links"]["self"])).status_code == 404
