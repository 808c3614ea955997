"""Results: their values, who takes them from draft to publication, and what blocks whom."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.actions.neighbours import enter
from tests.actions.programme import DOCUMENT, refusal
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.evidence import evidence
from tests.support.results import (
    RESULTS,
    TARGETS,
    active_indicator,
    id_of,
    parts,
    published,
    result,
    scale,
    subject,
)

Callers = Callable[[str | None], Caller]


def _faults(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


async def test_a_result_goes_from_draft_to_publication(admin: Caller, caller: Callers) -> None:
    author, other = caller("author_xa"), caller("author_xb")
    path = await result(author, await subject(admin), value="12.50", evidence=[DOCUMENT])
    shown = (await author.get(path)).json()
    assert (shown["status"], shown["value"], shown["kind"], shown["country"]) == ("draft", "12.50", "actual", "XA")
    assert (shown["unit"]["code"], shown["target"], shown["previous"], shown["revision"]) == ("ha", None, None, 1)
    assert (await other.get(path)).status_code == 404
    final = await published(author, path, visibility="network")
    assert (final["status"], final["late"], final["validation"]) == ("published", False, [])
    seen = (await other.get(path)).json()
    assert (seen["value"], "evidence" in seen, "created_by" in seen) == ("12.50", False, False)
    assert (await caller("applicant").get(path)).status_code == 404
    actions = [line["action"] for line in (await author.get(f"{path}/history")).json()["items"]]
    assert actions == ["publish", "accept", "approve", "submit", "create"]
    refused = await author.change(path, value="13")
    assert (refused.status_code, refused.json()["code"]) == (409, "result_not_draft")


async def test_who_publishes_decides_on_the_visibility_until_the_publication(
    admin: Caller, caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = person(f"publisher {uuid4().hex}", grant("national_publisher", "country", "XA"))
    monkeypatch.setitem(CALLERS, publisher.name, publisher)
    by, author = caller(publisher.name), caller("author_xa")
    path = await result(author, await subject(admin), visibility="network")
    refused = await author.change(path, visibility="public")
    assert (refused.status_code, refused.json()["reason"]) == (403, "publish_not_permitted")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/visibility"]
    unentitled = await caller("officer").change(path, visibility="network")
    assert (unentitled.status_code, unentitled.json()["errors"][0]["pointer"]) == (403, "/visibility")
    for who, verb in ((author, "submit"), (by, "approve"), (caller("officer"), "accept")):
        assert (await who.step(path, verb)).status_code == 200
    for fields in ({"value": "11"}, {"visibility": "public", "value": "11"}, {}):
        assert (await by.change(path, **fields)).status_code == 403, fields
    assert (await author.change(path, value="11")).status_code == 409
    assert (await by.change(path, visibility="public")).json()["visibility"] == "public"
    assert (await by.step(path, "publish")).status_code == 200
    assert (await caller("applicant").get(path)).json()["value"] == "10"
    late = await by.change(path, visibility="network")
    assert (late.status_code, late.json()["code"]) == (409, "result_not_draft")


async def _revised(by: Caller, path: str, **body: Any) -> str:
    response = await by.post(f"{path}/revisions", {"reason": "Recounted", **body})
    assert response.status_code == 201, response.text
    return str(response.json()["links"]["self"])


async def test_publishing_shows_a_result_and_its_target_to_everybody_in_one_step(
    admin: Caller, caller: Callers
) -> None:
    author, anybody = caller("author_xa"), caller("applicant")
    body = await subject(admin)
    goal = {name: body[name] for name in ("indicator_id", "period_id", "country")}
    target = (await author.post(TARGETS, {**goal, "value": "12"})).json()
    path = await result(author, body)
    assert (await anybody.get(target["links"]["self"])).status_code == 404
    assert (await published(author, path))["visibility"] == "public"
    assert (await anybody.get(path)).json()["target"]["value"] == "12"
    shown = (await anybody.get(target["links"]["self"])).json()
    assert (shown["visibility"], shown["version"]) == ("public", target["version"] + 1)
    lines = (await author.get(f"{target['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["update", "create"]
    narrower = await _revised(author, path, value="11")
    assert (await published(author, narrower, visibility="network"))["visibility"] == "network"
    assert (await anybody.get(narrower)).status_code == 404
    assert (await anybody.get(target["links"]["self"])).json()["visibility"] == "public", "it is never hidden"


async def test_what_was_restricted_and_a_revision_keep_their_audience_unless_the_step_says_otherwise(
    admin: Caller, caller: Callers
) -> None:
    author = caller("author_xa")
    closed = await published(author, await result(author, await subject(admin), visibility="restricted"))
    assert closed["visibility"] == "restricted"
    again = await _revised(author, closed["links"]["self"], value="11")
    assert (await published(author, again, visibility="network"))["visibility"] == "network"
    last = await _revised(author, again, value="12")
    assert (await published(author, last))["visibility"] == "network"
    wrong = await caller("government_xa").step(last, "retract", reason="Wrong", fields={"visibility": "public"})
    assert [(one["code"], one["pointer"]) for one in wrong.json()["errors"]] == [
        ("unknown_field", "/fields/visibility")
    ]


async def test_results_wait_for_whoever_takes_their_next_step(admin: Caller, caller: Callers) -> None:
    waiting = await subject(admin)
    path = await result(caller("author_xa"), waiting)
    query = f"{RESULTS}?holder=me&indicator_id={waiting['indicator_id']}"
    for verb, name in (("submit", "author_xa"), ("approve", "focal_xa"), ("accept", "officer"), ("publish", "admin")):
        held = [one for one in ("focal_xa", "officer", "author_xa") if (await caller(one).get(query)).json()["items"]]
        assert held == ([] if verb in ("submit", "publish") else [name])
        assert (await caller(name).step(path, verb)).status_code == 200
    assert (await admin.get(query)).json()["items"] == []


async def test_a_returned_result_waits_for_its_authors(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    waiting = await subject(admin)
    path = await result(caller("author_xa"), waiting)
    query = f"{RESULTS}?holder=me&indicator_id={waiting['indicator_id']}"

    async def held() -> list[str]:
        names = ("focal_xa", "officer", "author_xa")
        return [one for one in names if (await caller(one).get(query)).json()["items"]]

    assert (await caller("author_xa").step(path, "submit")).status_code == 200
    assert (await caller("focal_xa").step(path, "return", reason="Two regions are missing.")).status_code == 200
    assert await held() == ["author_xa"]
    async with superuser.transaction():
        await superuser.execute("SET LOCAL escm.visibilities = 'public,network,restricted'")
        rows = await superuser.fetch(
            "SELECT verb, account_id FROM action_published_work WHERE id = $1", UUID(path.rpartition("/")[2])
        )
    assert [(row["verb"], row["account_id"]) for row in rows] == [("submit", None)]
    assert (await caller("author_xa").step(path, "submit")).status_code == 200
    assert await held() == ["focal_xa"]


async def test_each_role_takes_its_own_transitions(admin: Caller, caller: Callers) -> None:
    path = await result(caller("author_xa"), await subject(admin))
    may: dict[str, set[str]] = {
        "submit": {"author_xa", "government_xa"},
        "approve": {"focal_xa", "government_xa"},
        "accept": {"officer"},
        "publish": {"government_xa"},
        "retract": {"government_xa"},
    }
    for verb, allowed in may.items():
        for name in sorted({"author_xa", "focal_xa", "officer"} - allowed):
            refused = await caller(name).step(path, verb, reason="Because")
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), (name, verb)
        by = sorted(allowed)[0]
        taken = await caller(by).step(path, verb, reason="Because")
        assert taken.status_code == 200, taken.text
    assert (await caller("author_xb").get(path)).json()["status"] == "retracted"


async def test_the_author_does_not_approve(admin: Caller, caller: Callers) -> None:
    government = caller("government_xa")
    path = await result(government, await subject(admin))
    await government.step(path, "submit")
    assert await refusal(government, path, "approve") == "is_the_author"
    assert (await caller("focal_xa").step(path, "approve")).status_code == 200
    assert await refusal(caller("both_xa"), path, "accept") == "not_independent"
    assert (await caller("officer").step(path, "accept")).status_code == 200


async def test_a_returned_result_is_a_draft_again(admin: Caller, caller: Callers) -> None:
    author = caller("author_xa")
    path = await result(author, await subject(admin))
    await author.step(path, "submit")
    assert (await caller("officer").step(path, "return")).status_code == 422
    returned = await caller("officer").step(path, "return", reason="Which year?")
    assert returned.json()["status"] == "draft"
    assert (await author.change(path, value="11")).json()["value"] == "11"
    assert (await author.step(path, "discard")).json()["status"] == "discarded"
    assert (await author.step(path, "submit")).status_code == 409


async def test_there_is_one_living_result_of_a_key(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    path = await result(author, of)
    again = await author.post(RESULTS, {**of, "value": "11"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await caller("author_xb").post(RESULTS, {**of, "country": "XB", "value": "11"})).status_code == 201
    baseline = {**of, "kind": "baseline", "period_id": None, "value": "1"}
    for year in (2020, 2021):
        assert (await author.post(RESULTS, {**baseline, "year": year})).status_code == 201
    assert (await author.post(RESULTS, {**baseline, "year": 2021})).status_code == 409
    await author.step(path, "discard")
    second = await result(author, of)
    await published(author, second)
    assert (await author.post(RESULTS, of)).status_code == 409
    await caller("government_xa").step(second, "retract", reason="Wrong unit")
    await result(author, of)


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ({"value": 1}, [("/value", "decimal_as_text")]),
        ({"value": "N/A"}, [("/value", "invalid_format")]),
        ({"value": "1", "missing": "confidential"}, [("/missing", "value_mismatch")]),
        ({"code": "full"}, [("/code", "value_mismatch")]),
        ({"text": {"en": "Good"}}, [("/text", "value_mismatch")]),
        ({"numerator": "1"}, [("/denominator", "required")]),
        ({"denominator": "1"}, [("/numerator", "required")]),
        ({"numerator": "1", "denominator": "0.00"}, [("/denominator", "out_of_range")]),
        ({"value": "1", "period_id": None}, [("/period_id", "period_or_year")]),
        ({"value": "1", "year": 2026}, [("/year", "period_or_year")]),
        ({"value": "1", "kind": "baseline"}, [("/period_id", "period_or_year"), ("/year", "period_or_year")]),
        ({"value": "1", "period_id": str(uuid4())}, [("/period_id", "unknown_reference")]),
        ({"value": "1", "evidence": [{**DOCUMENT, "evidence_id": str(uuid4())}]},
         [("/evidence/0/evidence_id", "unknown_evidence")]),
        ({"breakdown": [{"dimensions": {"sex": "f"}}]}, [("/breakdown/0/value", "value_mismatch")]),
        ({"breakdown": [{"dimensions": {"sex": "f"}, "numerator": "1", "denominator": "0"}]},
         [("/breakdown/0/denominator", "out_of_range")]),
        ({"breakdown": [{"dimensions": {"age": "1"}, "value": "1"}]},
         [("/breakdown/0/dimensions", "unknown_dimension")]),
        ({"breakdown": [{"dimensions": {"sex": "f"}, "value": "1"}] * 2001}, [("/breakdown", "too_long")]),
    ],
)  # fmt: skip
async def test_what_is_no_value_of_the_indicator_is_refused(
    admin: Caller, caller: Callers, more: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    dimensions = [{"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m")}]
    of = await subject(admin, disaggregations=dimensions)
    assert _faults(await caller("author_xa").post(RESULTS, {**of, **more})) == faults


async def test_a_result_is_a_number_a_code_a_text_or_missing(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    plain = {"framework": framework, "unit": None, "across": "none", "over_time": "none"}
    for more, value in (
        ({}, {"numerator": "1.0", "denominator": "3"}),
        ({"measure": "percentage", "unit": None}, {"value": "99.9"}),
        ({**plain, "measure": "ordinal", "scale": scale("none", "full")}, {"code": "full"}),
        ({**plain, "measure": "qualitative"}, {"text": {"en": "Better", "fr": "Mieux"}}),
        ({}, {"missing": "confidential"}),
    ):
        indicator_id = await active_indicator(admin, **{"framework": framework, **more})
        made = await author.post(RESULTS, {**of, "indicator_id": indicator_id, **value})
        assert made.status_code == 201, made.text
        assert {name: made.json()[name] for name in value} == value
        assert (await author.step(made.json()["links"]["self"], "submit")).status_code == 200


async def test_an_exhaustive_breakdown_adds_up(admin: Caller, caller: Callers) -> None:
    author = caller("author_xa")
    sex = {"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m"), "exhaustive": True, "required": True}
    path = await result(author, await subject(admin, disaggregations=[sex]))
    part = {"dimensions": {"sex": "f"}, "value": "4.5"}
    await author.change(path, breakdown=[part, {"dimensions": {"sex": "m"}, "value": "4.5"}])
    assert await refusal(author, path, "submit") == "validation_errors"
    (violation,) = (await author.get(path)).json()["validation"]
    assert (violation["rule"], violation["severity"]) == ("breakdown_total", "error")
    assert (violation["left"], violation["right"], violation["acknowledged"]) == ("10", "9.0", False)
    changed = await author.change(path, breakdown=[part, {"dimensions": {"sex": "m"}, "value": "5.50"}])
    assert [one["value"] for one in changed.json()["breakdown"]] == ["4.5", "5.50"]
    assert changed.json()["validation"] == []
    assert (await author.step(path, "submit")).status_code == 200


async def test_an_open_warning_blocks_the_approval(admin: Caller, caller: Callers) -> None:
    author, focal = caller("author_xa"), caller("focal_xa")
    of = await subject(admin, measure="percentage", unit=None)
    path = await result(author, {**of, "numerator": "3", "denominator": "2", "value": None})
    assert (await author.step(path, "submit")).status_code == 200
    assert await refusal(focal, path, "approve") == "warnings_open"
    known = {"acknowledge": ["percentage_range"]}
    assert _faults(await focal.step(path, "approve", fields=known)) == [("/reason", "reason_required")]
    approved = (await focal.step(path, "approve", reason="Growth", fields=known)).json()
    (violation,) = approved["validation"]
    assert (violation["left"], violation["right"], violation["acknowledged"]) == ("150", "100", True)
    returned = (await caller("officer").step(path, "return", reason="Check")).json()
    assert [one["acknowledged"] for one in returned["validation"]] == [False]


async def test_a_result_is_compared_with_its_target_and_the_period_before(admin: Caller, caller: Callers) -> None:
    author, of = caller("author_xa"), await subject(admin)
    first = await published(author, await result(author, of, value="10"))
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    year = {"code": "2027", "starts": "2027-01-01", "ends": "2027-12-31", "opens_on": "2020-01-01"}
    days = {"due_on": "2090-01-01", "closes_on": "2090-01-01", "framework": framework}
    period_id = (await admin.post("/actions/v1/periods", {**year, **days})).json()["id"]
    assert (await admin.post("/actions/v1/periods", {**year, **days})).status_code == 409
    number = {"indicator_id": of["indicator_id"], "period_id": period_id, "country": "XA", "value": "20.5"}
    target = (await author.post("/actions/v1/targets", number)).json()
    path = await result(author, {**of, "period_id": period_id}, value="15")
    shown = (await author.get(path)).json()
    assert (shown["target"]["id"], shown["target"]["value"]) == (target["id"], "20.5")
    assert (shown["previous"]["id"], shown["previous"]["value"], shown["validation"]) == (first["id"], "10", [])
    changed = (await author.change(path, value="15.01")).json()
    (violation,) = changed["validation"]
    assert (violation["rule"], violation["left"], violation["right"]) == ("large_change", "15.01", "10")


async def test_evidence_is_available_when_a_result_is_submitted(admin: Caller, caller: Callers) -> None:
    author = caller("author_xa")
    file = await evidence(author, b"Survey")
    document = {**DOCUMENT, "evidence_id": id_of(file), "url": None}
    path = await result(author, await subject(admin), evidence=[document])
    assert (await author.get(path)).json()["evidence"][0]["sha256"] is not None
    await author.step(file, "withdraw", reason="Outdated")
    assert await refusal(author, path, "submit") == "evidence_not_available"
    await author.step(file, "restore")
    assert (await author.step(path, "submit")).status_code == 200


async def test_a_director_enters_results_of_the_own_centre(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    centres = [str(await enter(superuser, "centre_centre", status="active")) for _ in range(2)]
    monkeypatch.setitem(CALLERS, "director", person("director", grant("centre_director", "centre", centres[0])))
    director, of = caller("author_xa").known_as("director"), await subject(admin, reported_by="centre")
    del of["country"]
    path = await result(director, {**of, "centre_id": centres[0]}, visibility="restricted")
    assert (await director.get(path)).json()["country"] == "XA"
    assert (await director.change(path, value="12")).json()["value"] == "12"
    assert (await director.step(path, "submit")).status_code == 200
    assert (await director.step(path, "approve")).status_code == 403
    assert (await caller("author_xb").get(path)).status_code == 404
    for other in ({"centre_id": centres[1]}, {"country": "XA"}):
        assert (await director.post(RESULTS, {**of, **other, "value": "1"})).status_code == 403


async def test_of_many_publications_one_succeeds(admin: Caller, caller: Callers) -> None:
    author, government = caller("author_xa"), caller("government_xa")
    path = await result(author, await subject(admin))
    for who, verb in ((author, "submit"), (government, "approve"), (caller("officer"), "accept")):
        assert (await who.step(path, verb)).status_code == 200
    etag = (await government.get(path)).headers["etag"]
    body = {"action": "publish"}
    responses = await asyncio.gather(*(government.post(f"{path}/transitions", body, etag=etag) for _ in range(50)))
    statuses = sorted(response.status_code for response in responses)
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {409, 412}


async def test_lists_are_filtered(admin: Caller, caller: Callers) -> None:
    author, code = caller("author_xa"), f"L-{uuid4().hex[:12]}"
    of = await subject(admin, code=code, level="impact", side="security")
    path = await result(author, of)
    for query in ("", "level=impact", "side=security", "kind=actual", "period=2026", "country=XA", "status=draft"):
        listed = (await author.get(f"{RESULTS}?indicator={code}&{query}")).json()["items"]
        assert [one["id"] for one in listed] == [id_of(path)], query
        assert "breakdown" not in listed[0]
    for query in ("level=output", "side=ecological", "kind=baseline", "period=2027", "framework=none", "late=true"):
        assert (await author.get(f"{RESULTS}?indicator={code}&{query}")).json()["items"] == [], query
