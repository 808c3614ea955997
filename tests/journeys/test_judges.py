"""Judges read the files of what they judge, as long as their role lasts, and nobody learns of them from it: the
reviewers of a centre, the panels of a call and of an evaluation, an expert who helps a country."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.journeys.paths import evaluations
from tests.journeys.paths.path import PathRun, day
from tests.journeys.paths.world import DOCUMENT, V1, World
from tests.support.running import Client, Person, eventually

COUNTRY = "CV"
_EVIDENCE = f"{V1['actions']}/evidence"
_CURSOR = re.compile(r'"next_after":"[^"]*"')
_SCORES = {"relevance": 5, "capacity": 4, "governance": 4, "plan": 5}


@pytest.fixture
def officer(world: World) -> Client:
    return world.caller("secretariat_officer", COUNTRY)


def _expert(world: World, officer: Client, name: str) -> tuple[Person, str]:
    """A person who applied for membership, and whom the officer approved."""
    person = world.person(name)
    body = {"names": [{"full": f"{name} {uuid4().hex[:8]}"}], "country": COUNTRY, "emails": [{"value": person.email}]}
    made = person.create(f"{V1['membership']}/experts", body)
    for action in ("start_review", "approve"):
        officer.step(made["links"]["self"], action)
    eventually(lambda: "expert" in person.roles)
    return person, str(made["id"])


def _named(file: dict[str, Any], **more: str) -> dict[str, str]:
    return {"title": str(file["title"]), "date": day(), "evidence_id": str(file["id"]), **more}


def _status(who: Client, file: dict[str, Any]) -> int:
    return who.look(f"{_EVIDENCE}/{file['id']}/content").status_code


def _reads(world: World, file: dict[str, Any], people: int) -> tuple[set[str], set[str]]:
    """Which accounts read the file, and because of which records, as the auditor of all countries sees it, once so many
    people are in the trail."""
    auditor = world.caller("auditor", "")

    def found() -> Any:
        lines = auditor.get(f"{V1['access']}/audit", subject=file["id"])["items"]
        read = [line for line in lines if line["action"] == "read"]
        by = {line["by"]["id"] for line in read}
        return len(by) >= people and (by, {line["reason"] for line in read})

    by, reasons = eventually(found)
    return by, reasons


def test_reviewers_read_the_files_of_a_centre_and_not_each_others_reviews(world: World, officer: Client) -> None:
    secretary = world.caller("committee_secretary", COUNTRY)
    host = world.institution(COUNTRY, "University of the Islands")["id"]
    director = world.expert(COUNTRY, "Dora Director")["id"]
    plan, other = [secretary.send_evidence(b"What we plan.", country=COUNTRY) for _ in range(2)]
    parts = {"unit": "Faculty", "director_id": director, "terms_of_reference": DOCUMENT, "host_letter": DOCUMENT}
    body = {"country": COUNTRY, "names": {"en": "Centre of Islands"}, "host_institution_id": host, **parts}
    centre = secretary.create(f"{V1['centres']}/centres", {**body, "work_plan": _named(plan)})
    path = str(centre["links"]["self"])
    secretary.step(path, "submit")
    officer.step(path, "accept_complete")

    reviewers = [_expert(world, officer, name) for name in ("Rosa Reviewer", "Raul Reviewer")]
    for person, expert in reviewers:
        invited = officer.create(f"{path}/reviewers", {"expert_id": expert, "due": day(30)})
        assert _status(person, plan) == 404
        eventually(lambda one=person, to=invited: one.look(to["links"]["self"]).status_code == 200)
        person.step(invited["links"]["self"], "accept")
        eventually(lambda one=person: _status(one, plan) == 200)
        assert _status(person, other) == 404
    wrote = []
    for person, expert in reviewers:
        review = {"reviewer_id": expert, "scores": _SCORES, "recommendation": "designate"}
        wrote.append(person.create(f"{path}/reviews", review)["id"])
        assert [one["id"] for one in person.get(f"{path}/reviews")["items"]] == [wrote[-1]]
    assert [one["id"] for one in officer.get(f"{path}/reviews")["items"]] == wrote

    accounts = {person.account for person, _ in reviewers}
    assert _reads(world, plan, 2) == (accounts, {path})
    lines = secretary.get(f"{_EVIDENCE}/{plan['id']}/history")["items"]
    assert [line["action"] for line in lines] == ["create"], "the applicant does not learn who reviews"

    officer.step(path, "recommend")
    for person, _ in reviewers:
        eventually(lambda one=person: _status(one, plan) == 404)


def _in(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def _call(officer: Client, panel: list[str]) -> str:
    body = {
        "code": f"J-{uuid4().hex[:12].upper()}",
        "kind": "evaluation",
        "titles": {"en": "Evaluators"},
        "country": COUNTRY,
        "opens": "2026-01-01T00:00:00Z",
        "nominee_deadline": _in(days=1),
        "nominator_deadline": _in(days=2),
        "criteria": [{"key": "merit", "titles": {"en": "Merit"}}],
        "seats": 1,
        "panel": [{"expert_id": key, "office": "member" if n else "chair"} for n, key in enumerate(panel)],
    }
    path = str(officer.create(f"{V1['membership']}/calls", body)["links"]["self"])
    officer.step(path, "open")
    return path


def _nominate(world: World, nominee: Person, call: str) -> tuple[str, dict[str, Any]]:
    """A confirmed nomination, and the file of its curriculum vitae, which the nominee sent."""
    nominations, address = f"{V1['membership']}/nominations", f"{uuid4().hex}@example.org"
    own = nominee.get(f"{V1['membership']}/experts?holder=me")["items"] or []
    key = next(grant["scope_id"] for grant in nominee.get(f"{V1['access']}/me")["grants"] if grant["role"] == "expert")
    assert own == []
    early = nominee.send("POST", _EVIDENCE, files={"file": ("cv.txt", b"CV")}, data={"title": "CV", "scope_id": key})
    assert (early.status_code, early.json()["code"]) == (409, "no_open_use")
    body = {"call_id": call.rpartition("/")[2], "nominator": {"name": "Ana Example", "email": address}}
    path = str(nominee.create(nominations, {**body, "interests": {"none": True}})["links"]["self"])
    file = nominee.send_evidence(b"Twenty years of work on soils.", "cv.txt", title="CV", scope_id=key)
    nominee.change(path, {"documents": [_named(file, kind="cv")]})
    nominee.step(path, "submit")
    token = world.token_for(address, purpose="nomination")
    sent = nominee.send("POST", f"{nominations}/confirmation", json={"token": token, "decision": "confirm"})
    assert sent.status_code == 200, sent.text
    return path, file


def test_a_panel_reads_what_nominees_send_and_the_nominee_learns_nothing(world: World, officer: Client) -> None:
    people = [_expert(world, officer, name) for name in ("Cora Chair", "Mia Member", "Max Member", "Fred Friend")]
    (chair, _), *members, (friend, _) = people
    nominee, _ = _expert(world, officer, "Nora Nominee")
    call = _call(officer, [key for _, key in people])
    path, cv = _nominate(world, nominee, call)
    for person, _ in people:
        eventually(lambda one=person: _status(one, cv) == 200)
    assert _status(world.caller("government_focal_point", COUNTRY), cv) == 404
    assert _status(world.caller("national_author", COUNTRY), cv) == 404

    def is_assessed() -> bool:
        world.time_passes("membership.end_calls", 3)
        return bool(officer.get(call)["status"] == "assessing")

    eventually(is_assessed)

    def views() -> list[tuple[str, str | None]]:
        """What the nominee reads, byte for byte. The cursor of the feed moves on with what others do anywhere."""
        below = ("", "/transitions", "/history")
        lists = (f"{V1['membership']}/nominations?sort=-updated_at", f"{V1['membership']}/nominations?format=ndjson")
        files = (f"{_EVIDENCE}/{cv['id']}", f"{_EVIDENCE}/{cv['id']}/history", f"{V1['access']}/events")
        found = [nominee.look(address) for address in (*(f"{path}{one}" for one in below), *lists, *files)]
        assert [one.status_code for one in found] == [200] * len(found)
        return [(_CURSOR.sub("", one.text), one.headers.get("etag")) for one in found]

    before = views()
    friend.step(path, "recuse", reason="A friend")
    assert views() == before
    assert _status(friend, cv) == 404
    for member, _ in members:
        member.create(f"{path}/scores", {"scores": {"merit": 4}})
    assert views() == before
    chair.step(path, "select")
    assert views() == before
    kept = {"If-Match": str(before[0][1]), "Content-Type": "application/merge-patch+json"}
    agreed = nominee.send("PATCH", path, json={"consents": {"results": True}}, headers=kept)
    assert (agreed.status_code, agreed.json()["status"]) == (200, "nominated")
    accounts = {person.account for person, _ in people}
    assert _reads(world, cv, 4) == (accounts, {path})


def test_the_panel_of_an_evaluation_reads_its_files_without_a_conflict_of_interest(world: World) -> None:
    run = PathRun(world, evaluations.PATHS[0])
    path, office = evaluations.with_panel(run), run.by("secretariat_officer")
    report = office.send_evidence(b"What the centre did.", country=run.country)
    office.change(path, {"report": _named(report)})
    chair, member = (person for who in ("chair", "member") if isinstance(person := run.by(who), Person))
    assert [_status(one, report) for one in (chair, member)] == [200, 200]
    office.step(path, "start")
    member.create(f"{path}/scores", {"scores": {}, "conflict_of_interest": True})
    assert [_status(one, report) for one in (chair, member)] == [200, 404]
    assert _reads(world, report, 2) == ({chair.account, member.account}, {path})
    office.step(path, "cancel", reason="Not needed")
    eventually(lambda: _status(chair, report) == 404)


def test_a_helping_expert_reads_the_need_and_delivers_a_file(world: World, officer: Client) -> None:
    author = world.caller("national_author", COUNTRY)
    focal_point = world.caller("government_focal_point", COUNTRY)
    need = author.send_evidence(b"What we need.", country=COUNTRY)
    requests = f"{V1['actions']}/support_requests"
    texts = {"titles": {"en": "Peatlands"}, "need": {"en": "We want to map our peatlands."}}
    body = {"country": COUNTRY, "kind": "review", **texts, "documents": [_named(need)]}
    path = str(author.create(requests, body)["links"]["self"])
    author.step(path, "submit")
    officer.step(path, "accept")
    helper, key = _expert(world, officer, "Hana Helper")
    assert _status(helper, need) == 404
    offer = officer.create(f"{path}/offers", {"expert_id": key})["links"]["self"]
    eventually(lambda: _status(helper, need) == 200)
    assert _reads(world, need, 1) == ({helper.account}, {path})
    helper.step(offer, "accept")
    focal_point.step(offer, "confirm")
    officer.step(path, "start")
    found = helper.send_evidence(b"What we found.", title="Found", scope_id=key)
    assert _status(focal_point, found) == 404
    helper.step(path, "deliver", fields={"document": _named(found)})
    assert [_status(who, found) for who in (focal_point, author, officer)] == [200] * 3
    focal_point.step(path, "confirm", fields={"rating": 5})
    by, reasons = _reads(world, found, 3)
    assert len(by) == 3
    assert reasons == {path}
