"""Grants over one institution or one centre: applications and reviews."""

from typing import Any
from uuid import uuid4

import asyncpg

from tests.support.callers import CALLERS, Caller
from tests.support.centres import (
    CENTRES,
    TERMS,
    Members,
    agreed,
    applied,
    centre_body,
    endorsed,
    entered,
    recommended,
    review_body,
    stepped,
    unused_country,
)
from tests.support.membership import INSTITUTIONS, activated

Enter = Any


def _label(caller: Caller) -> str:
    return CALLERS[str(caller._name)].label


def _account(caller: Caller) -> str:
    return str(CALLERS[str(caller._name)].id)


async def test_an_institution_applies_for_the_centre_that_it_hosts(members: Members, entering: Enter) -> None:
    country = unused_country()
    host = await members.institution(country)
    representative = entering("institution_representative", "institution", host)
    body = await centre_body(members, country, host_institution_id=host)
    unseen = await representative.post(CENTRES, body)
    assert [(error["code"], error["pointer"]) for error in unseen.json()["errors"]] == [
        ("unknown_reference", "/director_id")
    ]
    body["director_id"] = (await activated(members.admin, country=country))["id"]
    centre = await entered(representative, CENTRES, body)
    assert (centre["status"], centre["host_institution_id"]) == ("draft", host)
    path = centre["links"]["self"]
    read = await representative.get(path)
    assert (read.status_code, read.json()["created_by"]) == (200, _label(representative))
    listed = await representative.get(CENTRES, params={"country": country})
    assert centre["id"] in [item["id"] for item in listed.json()["items"]]
    completed = await representative.patch(path, {"unit": "Faculty of Rivers"}, etag=read.headers["etag"])
    assert (completed.status_code, completed.json()["unit"]) == (200, "Faculty of Rivers")
    moved = {"host_institution_id": await members.institution(country, visibility="public")}
    assert (await representative.patch(path, moved, etag=completed.headers["etag"])).status_code == 422, (
        "unknown to them"
    )
    assert (await members.admin.step(f"{INSTITUTIONS}/{moved['host_institution_id']}", "verify")).status_code == 200
    refused = await representative.patch(path, moved, etag=completed.headers["etag"])
    assert refused.status_code == 403, refused.text
    colleague = entering("institution_representative", "institution", host)
    assert (await colleague.get(path)).status_code == 404, "only what they entered themselves"
    other = await representative.post(CENTRES, await centre_body(members, country))
    assert (other.status_code, other.json()["code"]) == (403, "country_forbidden")
    abroad = await representative.post(CENTRES, await centre_body(members, "XB", host_institution_id=host))
    assert abroad.status_code == 403
    assert (await stepped(representative, centre, "submit"))["status"] == "submitted"
    assert (await representative.step(path, "accept_complete")).status_code == 403
    holder = entering("institution_representative", "centre", centre["id"])
    assert (await stepped(holder, centre, "withdraw"))["status"] == "withdrawn"


async def test_a_reviewer_enters_their_own_review_of_the_centre_they_were_given(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await stepped(admin, await applied(admin, members, country, visibility="restricted"), "accept_complete")
    path = f"{centre['links']['self']}/reviews"
    reviewer = entering("reviewer", "centre", centre["id"])
    body = await review_body(members, country)
    stranger = await reviewer.post(path, body)
    assert stranger.status_code in (403, 422)
    await superuser.execute(
        "UPDATE member_expert SET account_id = $2, visibility = 'network' WHERE id = $1",
        body["reviewer_id"],
        _account(reviewer),
    )
    assert (await reviewer.post(path, body)).status_code == 201
    assert (await reviewer.post(path, {**body, "reviewer_id": await members.expert(country)})).json()["reason"] == (
        "not_the_reviewer"
    )
    assert len((await reviewer.get(path)).json()["items"]) == 1
    elsewhere = entering("reviewer", "centre", str(uuid4()))
    assert (await elsewhere.get(path)).status_code == 404


async def test_a_reviewer_changes_their_review_until_the_centre_is_recommended(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await stepped(admin, await applied(admin, members, country, visibility="restricted"), "accept_complete")
    path = f"{centre['links']['self']}/reviews"
    reviewer, colleague = (entering("reviewer", "centre", centre["id"]) for _ in range(2))
    body = await review_body(members, country)
    await superuser.execute(
        "UPDATE member_expert SET account_id = $2, visibility = 'network' WHERE id = $1",
        body["reviewer_id"],
        _account(reviewer),
    )
    await entered(admin, path, await review_body(members, country))
    made = await reviewer.post(path, body)
    own, first = made.json()["links"]["self"], made.headers["etag"]
    assert (await reviewer.patch(own, {"recommendation": "decline"})).status_code == 428
    changed = await reviewer.patch(own, {"recommendation": "decline", "scores": {"plan": 2}}, etag=first)
    assert (changed.status_code, changed.json()["recommendation"], changed.json()["scores"]["plan"]) == (
        200,
        "decline",
        2,
    ), changed.text
    assert (await admin.step(centre["links"]["self"], "recommend")).json()["reason"] == "reviews_missing"
    assert (await reviewer.patch(own, {"comment": "x"}, etag=first)).status_code == 412
    etag = changed.headers["etag"]
    refused = await colleague.patch(own, {"comment": "x"}, etag=etag)
    assert refused.status_code == 404
    for change, pointer in (
        ({"reviewer_id": await members.expert(country)}, "/reviewer_id"),
        ({"scores": {"plan": 6}}, "/scores/plan"),
        ({"status": "x"}, "/status"),
    ):
        wrong = await reviewer.patch(own, change, etag=etag)
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, pointer)
    recorded = await admin.patch(own, {"recommendation": "designate"}, etag=etag)
    assert (recorded.status_code, recorded.json()["version"]) == (200, 3)
    fact = await superuser.fetchrow(
        "SELECT type, link FROM core_outbox WHERE subject = $1 ORDER BY id DESC LIMIT 1", recorded.json()["id"]
    )
    assert tuple(fact) == ("escm.centres.review.updated.v1", own)
    await stepped(admin, centre, "recommend")
    late = await reviewer.patch(own, {"comment": "x"}, etag=recorded.headers["etag"])
    assert (late.status_code, late.json()["current_state"]) == (409, "awaiting_agreement")


async def test_reviewers_read_their_own_review_until_the_review_ends_and_then_others_without_names(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await stepped(admin, await applied(admin, members, country, visibility="restricted"), "accept_complete")
    path = f"{centre['links']['self']}/reviews"
    reviewers, made = [entering("reviewer", "centre", centre["id"]) for _ in range(2)], []
    for reviewer in reviewers:
        assert (await reviewer.get(path)).json()["items"] == []
        body = await review_body(members, country)
        await superuser.execute(
            "UPDATE member_expert SET account_id = $2, visibility = 'network' WHERE id = $1",
            body["reviewer_id"],
            _account(reviewer),
        )
        made.append(await entered(reviewer, path, {**body, "comment": "Sound"}))
    own, other = (one["links"]["self"] for one in made)
    first = reviewers[0]
    assert [one["id"] for one in (await first.get(path)).json()["items"]] == [made[0]["id"]]
    assert (await first.get(other)).status_code == 404
    twice = await first.post(path, await review_body(members, country, reviewer_id=made[0]["reviewer_id"]))
    assert twice.json()["errors"][0]["code"] == "conflict"
    officer = entering("secretariat_officer", "country", country)
    assert [one["reviewer_id"] for one in (await officer.get(path)).json()["items"]] == [
        one["reviewer_id"] for one in made
    ]
    await stepped(admin, centre, "recommend")
    mine, others = (await first.get(path)).json()["items"]
    assert mine == (await first.get(own)).json() == (await officer.get(own)).json()
    assert (others["comment"], others["scores"]) == ("Sound", made[1]["scores"])
    assert [others[name] for name in ("reviewer_id", "created_by", "updated_by")] == [None] * 3
    for name in (made[1]["reviewer_id"], str(_account(reviewers[1]))):
        assert name not in (await first.get(path)).text + (await first.get(other)).text


async def test_terms_are_as_visible_as_their_centre(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country, visibility="restricted")
    await agreed(admin, centre)
    await endorsed(superuser, country, level=2)
    centre = await stepped(admin, centre, "designate")
    visitor = entering("expert", "self", str(uuid4()))
    query = {"centre_id": centre["id"]}
    assert (await visitor.get(TERMS, params=query)).json()["items"] == []
    path = centre["links"]["self"]
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"visibility": "public"}, etag=etag)).status_code == 200
    shown = (await visitor.get(TERMS, params=query)).json()["items"]
    assert [term["number"] for term in shown] == [1]
    assert not {"waiver", "endorsement_id", "work_plan"} & set(shown[0])
    assert (await visitor.get(f"{shown[0]['links']['self']}/history")).status_code == 403
