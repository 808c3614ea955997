"""A panel evaluates a centre: it scores blindly, the centre gets the findings without names, and responds."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from orjson import dumps

from services.centres.erasing import erase
from services.centres.merges import EXPERTS
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import Caller, grant
from tests.support.centres import DOCUMENT, Members, entered, proposed_committee, refused, seated, stepped
from tests.support.evaluations import CRITERIA, EVALUATIONS, FINDINGS, Evaluated, points, scored
from tests.support.reports import Record, ReportingCentre


@pytest.fixture
async def evaluated(
    centre: ReportingCentre, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Evaluated:
    return Evaluated(centre, members, superuser, monkeypatch)


async def _read(who: Caller, record: Record) -> Record:
    response = await who.get(record["links"]["self"])
    assert response.status_code == 200, response.text
    return dict(response.json())


async def _invalid(who: Caller, body: Record) -> list[tuple[str, str]]:
    response = await who.post(EVALUATIONS, body)
    assert response.status_code == 422, response.text
    return [(error["pointer"], error["code"]) for error in response.json()["errors"]]


async def test_an_evaluation_is_planned_with_the_usual_criteria(evaluated: Evaluated) -> None:
    made = await evaluated.planned(starts="2027-01-01", ends="2027-02-01", visit="2027-01-10")
    assert (made["status"], made["country"], made["visibility"]) == ("planned", evaluated.country, "restricted")
    assert [one["key"] for one in made["criteria"]] == [*CRITERIA]
    assert set(made["criteria"][0]["titles"]) == {"en", "fr", "es", "ar", "zh", "ru"}
    assert {one["weight"] for one in made["criteria"]} == {1}
    listed = await evaluated.officer.get(f"{EVALUATIONS}?centre_id={evaluated.id}&kind=mid_term")
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    own = [{"key": "reach", "titles": {"en": "Reach"}, "weight": 3}]
    changed = await evaluated.officer.change(made["links"]["self"], criteria=own)
    assert changed.json()["criteria"] == own
    body = {"centre_id": evaluated.id, "kind": "special"}
    assert await _invalid(evaluated.officer, {**body, "criteria": own * 2}) == [("/criteria/1/key", "not_unique")]
    backwards = {"starts": "2027-02-01", "ends": "2027-01-01"}
    assert await _invalid(evaluated.officer, {**body, **backwards}) == [("/ends", "invalid_date")]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"panel": [{"expert_id": str(UUID(int=n))} for n in range(10)]}, "/panel"),
        ({"panel": [{"expert_id": str(UUID(int=1)), "office": "president"}]}, "/panel/0/office"),
        ({"criteria": [{"key": f"k{n}", "titles": {"en": "K"}} for n in range(13)]}, "/criteria"),
        ({"criteria": [{"key": "reach", "titles": {"en": "Reach"}, "weight": 0}]}, "/criteria/0/weight"),
        ({"recommendation": "designate"}, "/recommendation"),
        ({"conditions": [{"text": "Grow"}] * 51}, "/conditions"),
        ({"conditions": [{"text": "Grow", "due": "soon"}]}, "/conditions/0/due"),
        ({"report": {"title": "Undated"}}, "/report/date"),
        ({"kind": "yearly"}, "/kind"),
        ({"completed_on": "2026-01-01"}, "/completed_on"),
    ],
)
async def test_a_plan_has_bounds(evaluated: Evaluated, more: Record, pointer: str) -> None:
    faults = await _invalid(evaluated.officer, {"centre_id": evaluated.id, "kind": "special", **more})
    assert pointer in [found for found, _ in faults]


async def test_nobody_of_the_host_on_the_committee_or_directing_the_centre_is_in_the_panel(
    evaluated: Evaluated,
) -> None:
    centre = evaluated.centre.record
    of_host, _ = await evaluated.expert(at=centre["host_institution_id"])
    seated_one, _ = await evaluated.expert()
    committee = await proposed_committee(evaluated.admin, evaluated.members, evaluated.country)
    seat = await seated(evaluated.admin, committee, "member", person={"expert_id": seated_one})
    body = {"centre_id": evaluated.id, "kind": "renewal"}
    chair = {"expert_id": of_host, "office": "chair"}
    assert await _invalid(evaluated.officer, {**body, "panel": [chair]}) == [("/panel/0/expert_id", "reviewer_of_host")]
    both = [{"expert_id": seated_one}, {"expert_id": centre["director_id"]}]
    assert await _invalid(evaluated.officer, {**body, "panel": both}) == [
        ("/panel/0/expert_id", "reviewer_of_committee"),
        ("/panel/1/expert_id", "reviewer_concerned"),
    ]
    made = await evaluated.planned()
    changed = await evaluated.officer.change(made["links"]["self"], panel=[chair])
    assert changed.json()["errors"][0]["code"] == "reviewer_of_host"
    other, _ = await evaluated.expert()
    assert await _invalid(evaluated.officer, {**body, "panel": [{"expert_id": other}] * 2}) == [
        ("/panel/1/expert_id", "not_unique")
    ]
    await stepped(evaluated.admin, seat, "end")
    await evaluated.planned(seated_one)


async def test_an_evaluation_goes_from_its_plan_to_the_response_of_the_director(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, (chair, member, third) = await evaluated.panel(3)
    started = await stepped(evaluated.officer, made, "start")
    await scored(chair, made, 4)
    assert await refused(evaluated.officer, started, "complete") == "scores_missing"
    await scored(member, made, 2, recommendation="not_renew", comment="Too small")
    assert (await evaluated.officer.change(made["links"]["self"], report=DOCUMENT)).status_code == 200
    conditions = [{"text": "Appoint a data steward", "due": "2027-03-01"}]
    fields = {"recommendation": "renew_with_conditions", "conditions": conditions}
    done = await stepped(evaluated.officer, made, "complete", fields=fields)
    assert (done["status"], done["completed_on"]) == ("completed", today().isoformat())
    assert done["report"]["title"] == DOCUMENT["title"]
    assert done["conditions"] == [{**conditions[0], "met_on": None}]
    director = evaluated.centre.caller(monkeypatch, "centre_director")
    assert (await director.step(made["links"]["self"], "respond")).status_code == 422, "a response has a text"
    answered = await stepped(director, made, "respond", reason="We agree")
    assert (answered["response"], answered["responded_on"]) == ("We agree", today().isoformat())
    assert "panel" not in answered
    await evaluated.aged(made, 60)
    await stepped(director, made, "respond", reason="We still agree")
    await evaluated.aged(made, 61)
    assert await refused(director, done, "respond", reason="Late") == "response_period_over"
    assert (await third.post(f"{made['links']['self']}/scores", {"scores": points(1)})).status_code == 409


async def test_a_panel_needs_two_members_without_a_conflict_of_interest(evaluated: Evaluated) -> None:
    made, (first, _) = await evaluated.panel()
    stated = await entered(first, f"{made['links']['self']}/scores", {"conflict_of_interest": True})
    assert (stated["conflict_of_interest"], stated["scores"]) == (True, {})
    assert await refused(evaluated.officer, made, "start") == "panel_missing"
    another, _ = await evaluated.expert()
    panel = [*made["panel"], {"expert_id": another}]
    await evaluated.officer.change(made["links"]["self"], panel=panel)
    await stepped(evaluated.officer, made, "start")


async def test_a_member_with_a_conflict_sees_nothing_else(evaluated: Evaluated) -> None:
    made, (chair, member, third) = await evaluated.started(3)
    own = await scored(chair, made, 5)
    path = made["links"]["self"]
    body = {"scores": points(5), "conflict_of_interest": True}
    changed = await chair.change(own["links"]["self"], **body)
    assert changed.status_code == 200, changed.text
    stub = {"id": made["id"], "ref": made["ref"], "conflict": "stated"}
    for key in (made["id"], made["ref"]):
        assert (await chair.get(f"{EVALUATIONS}/{key}")).json() == stub
    listed = (await chair.get(f"{EVALUATIONS}?include=total_estimate")).json()
    assert (listed["items"], listed["total_estimate"]) == ([], 0)
    for below in ("history", "transitions", "scores", f"scores/{own['id']}"):
        assert (await chair.get(f"{path}/{below}")).status_code == 404, below
    again = await chair.post(f"{path}/scores", {"scores": points(5)})
    assert (again.status_code, again.json()["reason"]) == (409, "conflicted")
    await scored(member, made, 3)
    await scored(third, made, 4)
    assert (await _read(evaluated.admin, made))["scores"]["means"] == dict.fromkeys(CRITERIA, 3.5)


async def test_a_conflict_that_begins_later_is_found_by_the_score(evaluated: Evaluated) -> None:
    made, people = await evaluated.started(3)
    member = made["panel"][2]["expert_id"]
    host = evaluated.centre.record["host_institution_id"]
    joined = {"institution_id": host, "from": "2020"}
    await entered(evaluated.members.admin, f"/membership/v1/experts/{member}/affiliations", joined)
    refusal = await people[2].post(f"{made['links']['self']}/scores", {"scores": points(5)})
    assert (refusal.status_code, refusal.json()["reason"]) == (409, "conflicted")
    assert "current_state" not in refusal.json()
    assert (await people[2].get(made["links"]["self"])).json()["conflict"] == "host"
    assert (await _read(evaluated.officer, made))["status"] == "in_progress"


async def test_somebody_who_has_left_the_host_within_three_years_has_a_conflict(evaluated: Evaluated) -> None:
    expert, who = await evaluated.expert()
    host = evaluated.centre.record["host_institution_id"]
    for left, is_conflict in ((today().year - 5, False), (today().year - 1, True)):
        place = {"institution_id": host, "from": "2010", "to": str(left)}
        await entered(evaluated.members.admin, f"/membership/v1/experts/{expert}/affiliations", place)
        made = await evaluated.planned(expert)
        evaluated.seat(who, made, expert)
        assert ((await _read(who, made)).get("conflict") == "former_host") is is_conflict


async def test_an_officer_in_the_panel_learns_of_the_own_conflict_alone(evaluated: Evaluated) -> None:
    expert, _ = await evaluated.expert()
    host = evaluated.centre.record["host_institution_id"]
    place = {"institution_id": host, "from": "2010", "to": str(today().year - 1)}
    await entered(evaluated.members.admin, f"/membership/v1/experts/{expert}/affiliations", place)
    office = grant("secretariat_officer", "country", evaluated.country)
    officer = evaluated.caller(office, grant("expert", "self", expert))
    await evaluated.own(expert, officer)
    body = {"centre_id": evaluated.id, "kind": "special"}
    made = await evaluated.planned()
    for response in (
        await officer.post(EVALUATIONS, {**body, "panel": [{"expert_id": expert}]}),
        await officer.change(made["links"]["self"], panel=[{"expert_id": expert}]),
    ):
        assert response.is_success, response.text
        assert response.json().keys() == {"id", "ref", "conflict"}
    assert (await officer.change(made["links"]["self"], visit="2027-01-01")).status_code == 409


async def test_a_member_sees_the_own_score_and_the_chair_the_means(evaluated: Evaluated) -> None:
    made, (chair, member) = await evaluated.started()
    path = made["links"]["self"]
    first = await scored(chair, made, 5, recommendation="renew")
    second = await scored(member, made, 2, recommendation="renew")
    assert [one["id"] for one in (await member.get(f"{path}/scores")).json()["items"]] == [second["id"]]
    assert (await member.get(first["links"]["self"])).status_code == 404
    assert (await evaluated.officer.get(f"{path}/scores")).json()["items"] == []
    means = {
        "scored": 2, "means": dict.fromkeys(CRITERIA, 3.5), "mean": 3.5, "recommendations": {"renew": 2},
    }  # fmt: skip
    shown = [(await _read(who, made))["scores"] for who in (evaluated.admin, chair, member, evaluated.officer)]
    assert shown == [means, means, None, None]
    assert len((await evaluated.admin.get(f"{path}/scores")).json()["items"]) == 2
    await stepped(evaluated.officer, made, "complete", fields=FINDINGS)
    for who in (member, evaluated.officer):
        assert [one["id"] for one in (await who.get(f"{path}/scores")).json()["items"]] == [first["id"], second["id"]]
        assert (await _read(who, made))["scores"] == means


async def test_scores_change_while_the_evaluation_is_in_progress(evaluated: Evaluated) -> None:
    made, (chair, member) = await evaluated.panel()
    path = f"{made['links']['self']}/scores"
    early = await chair.post(path, {"scores": points(3)})
    assert (early.status_code, early.json()["reason"]) == (409, "evaluation_not_in_progress")
    await stepped(evaluated.officer, made, "start")
    own = await scored(chair, made, 3)
    assert (await chair.post(path, {"scores": points(3)})).status_code == 409, "each once"
    changed = await chair.change(own["links"]["self"], scores=points(4), comment="Better")
    assert (changed.status_code, changed.json()["scores"]) == (200, points(4))
    missing = await member.post(path, {"scores": {"relevance": 4}})
    assert {error["pointer"] for error in missing.json()["errors"]} == {f"/scores/{key}" for key in CRITERIA[1:]}
    unknown = await member.post(path, {"scores": {**points(4), "reach": 4}})
    assert unknown.json()["errors"][0]["pointer"] == "/scores/reach"
    assert (await member.post(path, {"scores": {**points(4), "plan": 6}})).status_code == 422
    for other in (evaluated.officer, evaluated.admin):
        assert (await other.post(path, {"scores": points(3)})).status_code == 403, "they are not in the panel"
    await scored(member, made, 1)
    await stepped(evaluated.officer, made, "complete", fields=FINDINGS)
    for late in (
        await chair.change(own["links"]["self"], scores=points(5)),
        await chair.post(path, {"scores": points(5)}),
    ):
        assert (late.status_code, late.json()["reason"]) == (409, "evaluation_not_in_progress"), late.text


async def test_what_is_scored_stays_and_what_was_completed_too(evaluated: Evaluated) -> None:
    made = await evaluated.completed(conditions=[{"text": "Publish the data"}, {"text": "Train students"}])
    path = made["links"]["self"]
    assert (await evaluated.officer.change(path, visit="2027-01-01")).status_code == 409
    shorter = made["conditions"][:1]
    assert (await evaluated.officer.change(path, conditions=shorter)).status_code == 409
    met = [{**made["conditions"][0], "met_on": today().isoformat()}, made["conditions"][1]]
    assert (await evaluated.officer.change(path, conditions=met)).json()["conditions"] == met
    assert await _number(evaluated, made, 1) == 422, "it is met"
    assert await _number(evaluated, made, 3) == 422, "there is none"
    later = (today() + timedelta(days=1)).isoformat()
    assert await _number(evaluated, made, 2, met_on=later) == 422
    assert await _number(evaluated, made, 2) == 200
    other, _ = await evaluated.started()
    fewer = [{"key": "reach", "titles": {"en": "Reach"}}]
    assert (await evaluated.officer.change(other["links"]["self"], criteria=fewer)).status_code == 409
    cancelled = await stepped(evaluated.officer, other, "cancel")
    assert (await evaluated.officer.change(cancelled["links"]["self"], visit="2027-01-01")).status_code == 409


async def _number(evaluated: Evaluated, made: Record, number: int, **more: Any) -> int:
    fields = {"number": number, **more}
    return (await evaluated.officer.step(made["links"]["self"], "meet_condition", fields=fields)).status_code


async def test_the_centre_reads_the_findings_of_a_completed_evaluation_and_no_name(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = evaluated.centre.caller(monkeypatch, "centre_director")
    made, people = await evaluated.started(report=DOCUMENT, recommendation="renew")
    path = made["links"]["self"]
    hidden = await _read(director, made)
    assert {"panel", "report", "recommendation", "conditions", "created_by"}.isdisjoint(hidden)
    assert (hidden["scores"], hidden["status"]) == (None, "in_progress")
    for who in people:
        await scored(who, made, 3, comment="Fine")
    await stepped(evaluated.officer, made, "complete")
    shown = await _read(director, made)
    assert (shown["report"]["title"], shown["recommendation"], shown["conditions"]) == (DOCUMENT["title"], "renew", [])
    assert ("panel" in shown, shown["scores"]) == (False, None)
    for key in (one["expert_id"] for one in made["panel"]):
        assert key not in (await director.get(path)).text + (await director.get(EVALUATIONS)).text
    assert [(await director.get(f"{path}/{below}")).status_code for below in ("scores", "history")] == [403, 403]
    assert (await director.change(path, visit="2027-01-01")).status_code == 403
    assert [one["action"] for one in shown["allowed_actions"] if one["allowed"]] == ["respond"]
    representative = evaluated.centre.caller(monkeypatch, "institution_representative")
    assert (await _read(representative, made))["recommendation"] == "renew"


async def test_the_centre_does_not_learn_of_conflicts_and_scores(
    evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, (chair, member, _) = await evaluated.started(3)
    path = made["links"]["self"]
    both = [evaluated.centre.caller(monkeypatch, role) for role in ("centre_director", "institution_representative")]

    async def views() -> list[tuple[str, str | None]]:
        """What the centre reads of the evaluation, byte for byte."""
        queries = ("?sort=-updated_at&updated_after=2020-01-01T00:00:00Z", "?format=csv", "?format=ndjson")
        addresses = (path, f"{path}/transitions", *(f"{EVALUATIONS}{query}" for query in queries))
        found = [await who.get(address) for who in both for address in addresses]
        return [(response.text, response.headers.get("etag")) for response in found]

    before = await views()
    await entered(member, f"{path}/scores", {"scores": {}, "conflict_of_interest": True})
    assert await views() == before
    await scored(chair, made, 4)
    assert await views() == before
    history = (await evaluated.officer.get(f"{path}/history")).json()["items"]
    assert history[0]["action"] == "state_conflict"


async def test_others_know_of_no_evaluation(evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch) -> None:
    made = await evaluated.completed()
    for role in ("committee_president", "government_focal_point", "national_author"):
        other = evaluated.centre.caller(monkeypatch, role, "country")
        assert (await other.get(made["links"]["self"])).status_code == 404, role
        assert (await other.get(f"{EVALUATIONS}?centre_id={evaluated.id}")).json()["items"] == []
    assert (await evaluated.admin.known_as("applicant").get(made["links"]["self"])).status_code == 404


async def test_a_panel_and_its_scores_follow_a_merge(evaluated: Evaluated, database: Database) -> None:
    made, (chair, _) = await evaluated.started()
    await scored(chair, made, 4)
    loser, winner = made["panel"][0]["expert_id"], (await evaluated.expert())[0]
    pair = {"resource": "experts", "winner_id": winner, "loser_id": loser}
    await entered(evaluated.members.admin, "/membership/v1/merges", pair)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await EXPERTS.rewrite(uow, UUID(loser))
    assert (await _read(evaluated.officer, made))["panel"][0]["expert_id"] == winner
    scores = (await evaluated.admin.get(f"{made['links']['self']}/scores")).json()["items"]
    assert [one["expert_id"] for one in scores] == [winner]


async def test_scores_of_an_erased_member_keep_no_comment(evaluated: Evaluated, database: Database) -> None:
    made, (chair, _) = await evaluated.started()
    own = await scored(chair, made, 4, comment="I know them well")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        counts = await erase(uow, UUID(made["panel"][0]["expert_id"]))
    assert counts == {"evaluation_scores": 1}
    (left,) = (await evaluated.admin.get(f"{made['links']['self']}/scores")).json()["items"]
    assert (left["id"], left["scores"], left["comment"]) == (own["id"], points(4), None)


async def test_an_erased_expert_leaves_the_panel_of_a_planned_evaluation(
    evaluated: Evaluated, database: Database
) -> None:
    erased, others = (await evaluated.expert())[0], [(await evaluated.expert())[0] for _ in range(2)]
    alone, enough = await evaluated.planned(erased, others[0]), await evaluated.planned(others[0], erased, others[1])
    begun = await stepped(evaluated.officer, await evaluated.planned(erased, others[1]), "start")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await erase(uow, UUID(erased)) == {"evaluation_panels": 2}
    alone, enough = await _read(evaluated.officer, alone), await _read(evaluated.officer, enough)
    assert [member["expert_id"] for member in alone["panel"]] == others[:1]
    assert await refused(evaluated.officer, alone, "start") == "panel_missing"
    assert [member["expert_id"] for member in enough["panel"]] == others
    assert (await stepped(evaluated.officer, enough, "start"))["status"] == "in_progress"
    assert (await _read(evaluated.officer, begun))["panel"] == begun["panel"]
    waiting = await evaluated.officer.everything("/centres/v1/work_list?kind=evaluations&limit=200")
    assert "start" not in [item["action"] for item in waiting if item["id"] == alone["id"]]


async def test_planned_evaluations_end_with_their_centre(evaluated: Evaluated) -> None:
    planned, (begun, _) = await evaluated.planned(), await evaluated.started()
    expert, _ = await evaluated.expert()
    admin = evaluated.caller(grant("secretariat_admin", "global"), grant("expert", "self", expert))
    await evaluated.own(expert, admin)
    hidden, _ = await evaluated.panel(kind="special")
    conflict = [{"expert_id": expert, "kind": "stated"}]
    await evaluated.rows.execute(
        "UPDATE centre_evaluation SET conflicts = $2 WHERE id = $1", UUID(hidden["id"]), dumps(conflict).decode()
    )
    assert (await admin.get(hidden["links"]["self"])).json().keys() == {"id", "ref", "conflict"}
    centre = await _read(admin, evaluated.centre.record)
    await stepped(admin, centre, "close", reason="The host ends it")
    now = [(await _read(evaluated.officer, one))["status"] for one in (planned, hidden, begun)]
    assert now == ["cancelled", "cancelled", "in_progress"]
    (line,) = (await evaluated.officer.get(f"{planned['links']['self']}/history?limit=1")).json()["items"]
    assert line["action"] == "cancel_by_closure"
    late = await evaluated.officer.post(EVALUATIONS, {"centre_id": centre["id"], "kind": "special"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
