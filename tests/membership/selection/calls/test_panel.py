"""A panel scores blindly; conflicts of interest leave no trace; the chair selects; results name who agreed."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import to_text, today
from tests.membership.selection.calls.conftest import CALLS, CV, NOMINATIONS, Round, done, refused
from tests.support.callers import Caller

INSTITUTIONS = "/membership/v1/institutions"


def _weighted(merit: int, reach: int) -> float:
    return (3 * merit + reach) / 4


async def _ranking(who: Caller, round_: Round, query: str = "") -> dict[str, Any]:
    response = await who.get(f"{round_.path}/ranking{query}")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def test_scores_are_blind_until_the_decision_and_count_by_weight(round_: Round) -> None:
    await round_.open()
    (chair, _), (first, _), (second, _) = round_.panel
    _, better = await round_.confirmed()
    _, worse = await round_.confirmed()
    refusal = await first.post(f"{better['links']['self']}/scores", {"scores": {"merit": 1, "reach": 1}})
    assert (refusal.status_code, refusal.json()["reason"]) == (409, "call_not_assessing")
    await round_.assess()
    waiting = (await first.get(f"{NOMINATIONS}?holder=me")).json()["items"]
    assert {one["id"] for one in waiting} == {better["id"], worse["id"]}
    own = await round_.score(first, better, 5, 1)
    await round_.score(second, better, 3, 3)
    await round_.score(second, worse, 1, 1)
    twice = await first.post(f"{better['links']['self']}/scores", {"scores": {"merit": 1, "reach": 1}})
    assert twice.status_code == 409
    for scores, pointer in (({"merit": 1}, "/scores/reach"), ({"merit": 1, "reach": 1, "x": 1}, "/scores/x")):
        response = await first.post(f"{worse['links']['self']}/scores", {"scores": scores})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)
    path = f"{better['links']['self']}/scores"
    assert [one["id"] for one in (await first.get(path)).json()["items"]] == [own["id"]]
    assert len((await round_.admin.get(path)).json()["items"]) == 2
    assert (await chair.get(path)).json()["items"] == []
    assert (await second.get(own["links"]["self"])).status_code == 404
    changed = await first.patch(
        own["links"]["self"], {"scores": {"merit": 4}}, etag=(await first.get(own["links"]["self"])).headers["etag"]
    )
    assert (changed.status_code, changed.json()["scores"]) == (200, {"merit": 4, "reach": 1}), changed.text
    for who in (chair, round_.admin):
        items = (await _ranking(who, round_))["items"]
        assert [(one["rank"], one["id"], one["mean"], one["scores"]) for one in items] == [
            (1, better["id"], (_weighted(4, 1) + 3) / 2, 2), (2, worse["id"], 1.0, 1),
        ]  # fmt: skip
    items = (await _ranking(first, round_))["items"]
    assert [(one["mean"], one["scores"]) for one in items] == [(_weighted(4, 1), 1), (None, 0)]
    assert [one["id"] for one in (await first.get(f"{NOMINATIONS}?holder=me")).json()["items"]] == [worse["id"]]


async def test_the_chair_selects_with_two_scores_and_free_seats(round_: Round, anonymous: Caller) -> None:
    await round_.open()
    (chair, _), (first, _), (second, _) = round_.panel
    agrees, named = await round_.confirmed(consents={"results": True}, expert={"names": [{"full": "Zora Named"}]})
    _, silent = await round_.confirmed(expert={"names": [{"full": "Silent One"}]})
    loser, passed = await round_.confirmed(consents={"results": True}, expert={"names": [{"full": "Not Selected"}]})
    await round_.assess()
    assert await refused(first, named, "select") == "not_the_chair"
    await round_.score(first, named, 5, 5)
    for nomination in (named, silent, passed):
        for who in (first, second):
            if (who, nomination) != (first, named):
                await round_.score(who, nomination, 4, 4)
    assert (await done(chair, named, "select"))["status"] == "selected"
    assert await refused(chair, silent, "select") == "seats_taken"
    etag = (await round_.admin.get(round_.path)).headers["etag"]
    assert (await round_.admin.patch(round_.path, {"seats": 2}, etag=etag)).status_code == 200
    await done(round_.admin, silent, "select")
    await done(chair, passed, "pass_over")
    assert await refused(loser, passed, "appeal", reason="Why") == "not_in_this_state"
    await done(round_.admin, round_.call, "decide", fields={"document": CV})
    assert len((await first.get(f"{named['links']['self']}/scores")).json()["items"]) == 2
    assert (await anonymous.get(f"{round_.path}/results")).status_code == 404
    await done(round_.admin, round_.call, "publish")
    shown = await anonymous.get(f"{round_.path}/results")
    assert (shown.json()["selected"], shown.json()["items"], shown.json()["unlisted"]) == (
        2, [{"name": "Zora Named", "country": "XA"}], 1,
    )  # fmt: skip
    for hidden in ("Silent", "Not Selected"):
        assert hidden not in shown.text
    etag = (await agrees.get(named["links"]["self"])).headers["etag"]
    await agrees.patch(named["links"]["self"], {"consents": {"results": False}}, etag=etag)
    assert (await anonymous.get(f"{round_.path}/results")).json()["items"] == []


async def test_a_nominee_appeals_within_thirty_days(round_: Round) -> None:
    await round_.open(members=1)
    ((chair, _),) = round_.panel
    who, nomination = await round_.confirmed()
    other, late = await round_.confirmed()
    await round_.assess()
    for one in (nomination, late):
        await done(chair, one, "pass_over")
    await done(round_.admin, round_.call, "decide", fields={"document": CV})
    await done(round_.admin, round_.call, "publish")
    assert await refused(round_.admin, nomination, "appeal", reason="Me") == "not_the_person"
    assert (await who.step(nomination["links"]["self"], "appeal")).status_code == 422
    appealed = await done(who, nomination, "appeal", reason="My CV was not read.")
    assert (appealed["status"], appealed["appeal"]["text"]) == ("not_selected", "My CV was not read.")
    waiting = (await round_.admin.get(f"{NOMINATIONS}?holder=me&call_id={round_.call['id']}")).json()["items"]
    assert [one["id"] for one in waiting] == [nomination["id"]]
    missing = await round_.admin.step(nomination["links"]["self"], "answer_appeal", reason="It was.")
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/fields/outcome")
    answered = await done(round_.admin, nomination, "answer_appeal", reason="It was.", fields={"outcome": "dismissed"})
    assert (answered["appeal"]["outcome"], answered["appeal"]["reply"]) == ("dismissed", "It was.")
    assert (
        await refused(round_.admin, nomination, "answer_appeal", reason="No", fields={"outcome": "upheld"})
        == "no_appeal"
    )
    round_.later(days=3 + 30, seconds=2)
    assert await refused(other, late, "appeal", reason="Late") == "appeal_period_over"


@pytest.mark.parametrize("kind", ["own_nomination", "nominator", "same_institution", "declared_interest", "recused"])
async def test_a_conflict_of_interest_leaves_no_trace(round_: Round, kind: str) -> None:
    """The member knows that the nomination exists, and nothing else: nor scores, means, counts, ranks, history."""
    await round_.open(members=3)
    (chair, _), (member, expert), (third, _) = round_.panel
    _, other = await round_.confirmed(consents={"balance": True}, expert={"gender": "female"})
    nomination = await _conflicting(round_, kind, member, expert)
    path = nomination["links"]["self"]
    await round_.assess()
    if kind == "recused":
        assert (await done(member, nomination, "recuse", reason="A friend")).keys() == {"id", "ref", "conflict"}
    for who in (chair, third):
        await round_.score(who, nomination, 5, 5)
        await round_.score(who, other, 1, 1)
    shown = await member.get(path)
    if kind == "own_nomination":
        assert shown.json()["motivation"] == nomination["motivation"]
    else:
        assert (shown.status_code, shown.json()) == (
            200, {"id": nomination["id"], "ref": nomination["ref"], "conflict": kind},
        )  # fmt: skip
        for below in ("history", "transitions", "scores"):
            assert (await member.get(f"{path}/{below}")).status_code == 404
        listed = await member.get(f"{NOMINATIONS}?call_id={round_.call['id']}&include=total_estimate")
        assert ([one["id"] for one in listed.json()["items"]], listed.json()["total_estimate"]) == ([other["id"]], 1)
        for name in ("csv", "ndjson"):
            assert nomination["ref"] not in (await member.get(f"{NOMINATIONS}?format={name}")).text
    assert await _seen_scores(member, path) == []
    refusal = await member.post(f"{path}/scores", {"scores": {"merit": 5, "reach": 5}})
    assert (refusal.status_code, refusal.json()["reason"]) in ((409, "conflicted"), (403, "not_permitted"))
    ranking = await _ranking(member, round_)
    assert [one["id"] for one in ranking["items"]] == [other["id"]]
    assert ranking["balance"]["pool"]["total"] == 1
    assert (await member.get(f"{round_.path}/ranking?selected={nomination['id']}")).status_code == 400
    assert [one["id"] for one in (await member.get(f"{NOMINATIONS}?holder=me")).json()["items"]] == [other["id"]]
    assert {one["id"] for one in (await _ranking(chair, round_))["items"]} == {nomination["id"], other["id"]}
    await done(chair, nomination, "select")
    await done(chair, other, "pass_over")
    await done(round_.admin, round_.call, "decide", fields={"document": CV})
    assert await _seen_scores(member, path) == []
    assert [one["id"] for one in (await _ranking(member, round_))["items"]] == [other["id"]]


async def _seen_scores(member: Caller, path: str) -> list[Any]:
    """The scores of a nomination that a member sees: of the own nomination an empty list."""
    response = await member.get(f"{path}/scores")
    assert response.status_code in (200, 404)
    return list(response.json().get("items", []))


async def _conflicting(round_: Round, kind: str, member: Caller, expert: str) -> dict[str, Any]:
    """A confirmed nomination about which a member of the panel has a conflict of interest."""
    if kind == "own_nomination":
        draft = await round_.draft(member)
        submitted = await done(member, draft, "submit")
        body = {"token": await round_.token(submitted), "decision": "confirm"}
        await Caller(member._client, None).post(f"{NOMINATIONS}/confirmation", body)
        return dict((await member.get(draft["links"]["self"])).json())
    fields: dict[str, Any] = {}
    if kind == "nominator":
        address = (await round_.admin.get(f"/membership/v1/experts/{expert}")).json()["emails"][0]["value"]
        fields["nominator"] = {"name": "Ana", "email": address.upper()}
    elif kind == "declared_interest":
        interest = {"kind": "funding", "party": "Institute of Sóils"}
        body = {"expert_id": expert, "year": today().year, "notice_version": "2026", "interests": [interest]}
        declared = await member.post("/membership/v1/declarations", body)
        assert declared.status_code == 201, declared.text
        await round_.rows.execute("UPDATE member_declaration SET status = 'signed' WHERE expert_id = $1", expert)
    who, nomination = await round_.nominee(**fields)
    if kind == "same_institution":
        made = await round_.admin.post(
            INSTITUTIONS, {"names": [{"value": f"Shared {nomination['ref']}"}], "country": "XA"}
        )
        for person in (expert, nomination["expert_id"]):
            body = {"institution_id": made.json()["id"], "from": "2015", "to": str(today().year - 2)}
            added = await round_.admin.post(f"/membership/v1/experts/{person}/affiliations", body)
            assert added.status_code == 201, added.text
    elif kind == "declared_interest":
        body = {"raw": "institute of soils"}
        await round_.admin.post(f"/membership/v1/experts/{nomination['expert_id']}/affiliations", body)
    body = {"token": await round_.token(await done(who, nomination, "submit")), "decision": "confirm"}
    await Caller(member._client, None).post(f"{NOMINATIONS}/confirmation", body)
    return dict((await who.get(nomination["links"]["self"])).json())


async def test_a_conflicted_chair_selects_nobody_and_a_conflict_that_comes_later_counts(round_: Round) -> None:
    await round_.open()
    (chair, expert), (first, _), (second, _) = round_.panel
    _, nomination = await round_.confirmed()
    await round_.assess()
    for who in (chair, first, second):
        await round_.score(who, nomination, 4, 4)
    made = await round_.admin.post(INSTITUTIONS, {"names": [{"value": f"Late {nomination['ref']}"}], "country": "XA"})
    for person in (expert, nomination["expert_id"]):
        body = {"institution_id": made.json()["id"]}
        await round_.admin.post(f"/membership/v1/experts/{person}/affiliations", body)
    assert await refused(chair, nomination, "select") == "conflicted"
    assert (await chair.get(nomination["links"]["self"])).json()["conflict"] == "same_institution"
    for action in ("select", "pass_over", "recuse"):
        response = await chair.post(
            f"{nomination['links']['self']}/transitions", {"action": action, "reason": "x"}, etag='"1.00000000"'
        )
        assert (response.status_code, response.json()["reason"]) == (409, "conflicted")
        assert "current_state" not in response.json()
    (item,) = (await _ranking(round_.admin, round_))["items"]
    assert item["scores"] == 2
    assert (await done(round_.admin, nomination, "select"))["status"] == "selected"


async def test_a_supposed_selection_stores_nothing_and_shows_its_balance(round_: Round) -> None:
    targets = {"gender": {"female": 0.5}, "region": {"Europe": 0.5}, "field": {"2": 1.0}}
    await round_.open(members=1, targets=targets, seats=2)
    ((chair, _),) = round_.panel
    _, woman = await round_.confirmed(
        consents={"balance": True}, expert={"gender": "female", "country": "FR", "fields": ["2.1", "1.5"]}
    )
    _, man = await round_.confirmed(expert={"gender": "male", "country": "XA"})
    found = await _ranking(chair, round_)
    assert found["balance"]["pool"] == {
        "total": 2,
        "gender": {"female": 1, "unknown": 1},
        "region": {"Europe": 1, "unknown": 1},
        "field": {"1": 1, "2": 1, "unknown": 1},
        "met": {"gender": {"female": True}, "region": {"Europe": True}, "field": {"2": False}},
    }
    assert found["balance"]["selection"]["total"] == 0
    versions = [(await round_.admin.get(one["links"]["self"])).headers["etag"] for one in (woman, man)]
    supposed = (await _ranking(chair, round_, f"?selected={woman['id']}"))["balance"]["selection"]
    assert (supposed["total"], supposed["gender"], supposed["met"]["field"]) == (1, {"female": 1}, {"2": True})
    assert (await _ranking(chair, round_))["balance"]["selection"]["total"] == 0
    assert versions == [(await round_.admin.get(one["links"]["self"])).headers["etag"] for one in (woman, man)]
    for wrong in ("x", f"{woman['id']},{woman['id']}", "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"):
        assert (await chair.get(f"{round_.path}/ranking?selected={wrong}")).status_code == 400


async def test_the_panel_sees_confirmed_nominations_alone(round_: Round) -> None:
    await round_.open(members=2)
    (chair, _), (member, _) = round_.panel
    who, draft = await round_.nominee()
    assert (await member.get(draft["links"]["self"])).status_code == 404
    await done(who, draft, "submit")
    assert (await chair.get(draft["links"]["self"])).status_code == 404
    _, nomination = await round_.confirmed()
    shown = (await member.get(nomination["links"]["self"])).json()
    assert (shown["motivation"], shown["status"]) == (nomination["motivation"], "nominated")
    assert (await who.get(f"{round_.path}/ranking")).status_code == 403
    assert (await who.get(round_.path)).json().get("panel") is None
    assert (await member.get(round_.path)).json()["panel"] != []
    assert (await member.get(f"{CALLS}?holder=me")).json()["items"] == []


async def test_the_database_hides_what_the_application_hides(round_: Round, superuser: asyncpg.Connection) -> None:
    """Row-level security alone, for the service's role: a conflict of interest, and the scores of others."""
    await round_.open()
    (_, _), (first, conflicted), (second, clear) = round_.panel
    _, nomination = await round_.confirmed()
    await round_.assess()
    for who in (first, second):
        await round_.score(who, nomination, 4, 4)
    counts = []
    async with round_.database.acquire() as connection:
        for expert in (clear, conflicted):
            if expert == conflicted:
                await superuser.execute(
                    "UPDATE member_nomination SET conflicts = jsonb_build_array(jsonb_build_object("
                    "'expert_id', $2::text, 'kind', 'recused')) WHERE id = $1",
                    nomination["id"], conflicted,
                )  # fmt: skip
            await connection.execute("BEGIN")
            await connection.execute(f"SET LOCAL escm.records = '{expert},{round_.call['id']}'")
            counts.append([
                await connection.fetchval(f"SELECT count(*) FROM escm.{table} WHERE call_id = $1", round_.call["id"])
                for table in ("member_nomination", "member_score")
            ])  # fmt: skip
            await connection.execute("ROLLBACK")
    assert counts == [[1, 1], [0, 0]]
    assert to_text(round_.started + timedelta(days=3))
