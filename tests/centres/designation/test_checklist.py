"""What an application lacks: the same for its reader as for the transition that is refused."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.actions.neighbours import change, enter
from tests.support.callers import Caller
from tests.support.centres import (
    CENTRES,
    DOCUMENT,
    Members,
    agreed,
    applied,
    centre_body,
    endorsed,
    entered,
    recommended,
    refused,
    reviewed,
    stepped,
    unused_country,
)

TEMPLATES = "/centres/v1/report_templates"
Enter = Callable[[str, str, str], Caller]
_Record = dict[str, Any]


def _question(key: str, kind: str = "text", **more: Any) -> _Record:
    return {"key": key, "titles": {"en": key.title(), "fr": key}, "type": kind, **more}


_UNKNOWN_FILE = {**DOCUMENT, "url": None, "evidence_id": str(uuid4())}
_QUESTIONS = [
    _question("motivation", required=True),
    _question("staff", "integer", required=True, min=1, figure=True),
    _question("statutes", "document"),
    _question("lakes", "boolean"),
]


@pytest.fixture
async def questions(admin: Caller) -> AsyncIterator[_Record]:
    """The questions of applications while a test runs."""
    sections = [{"key": "host", "titles": {"en": "Host"}, "questions": _QUESTIONS}]
    body = {"kind": "application", "version": uuid4().hex, "titles": {"en": "Application"}, "sections": sections}
    template = await stepped(admin, await entered(admin, TEMPLATES, body), "activate")
    yield template
    for one in (await admin.get(f"{TEMPLATES}?kind=application&status=active")).json()["items"]:
        await stepped(admin, one, "retire", reason="The test has ended")


async def _checklist(who: Caller, centre: _Record) -> _Record:
    response = await who.get(f"{centre['links']['self']}/checklist")
    assert response.status_code == 200, response.text
    return dict(response.json())


async def _sparse(admin: Caller, members: Members, country: str, **more: Any) -> _Record:
    host = await members.institution(country)
    body = {"country": country, "names": {"en": "Sparse"}, "host_institution_id": host}
    return await entered(admin, CENTRES, {**body, **more})


async def test_a_draft_lacks_what_submit_is_refused_for(admin: Caller, members: Members, questions: _Record) -> None:
    country = unused_country()
    centre = await _sparse(admin, members, country)
    path = centre["links"]["self"]
    shown = await _checklist(admin, centre)
    assert (shown["met"], shown["total"]) == (1, 8), "its documents are all available"
    assert shown["missing"] == [
        "unit_missing", "director_missing", "terms_of_reference_missing", "work_plan_missing", "host_letter_missing",
        "answers_missing",
    ]  # fmt: skip
    assert await refused(admin, centre, "submit") == shown["missing"][0]
    documents = dict.fromkeys(("terms_of_reference", "work_plan", "host_letter"), DOCUMENT)
    await admin.change(path, unit="Institute of Soils", director_id=await members.expert(country), **documents)
    assert (await _checklist(admin, centre))["missing"] == ["answers_missing"]
    await admin.change(path, application_answers={"motivation": "Soils", "staff": 4})
    shown = await _checklist(admin, centre)
    assert (shown["missing"], shown["met"], shown["total"]) == ([], 8, 8)
    await stepped(admin, centre, "submit")


async def test_each_condition_says_what_it_is_and_where_it_is_met(
    admin: Caller, members: Members, questions: _Record
) -> None:
    centre = await _sparse(admin, members, unused_country(), unit="Institute of Soils")
    items = {item["key"]: item for item in (await _checklist(admin, centre))["items"]}
    assert list(items) == [
        "unit", "director_id", "terms_of_reference", "work_plan", "host_letter", "motivation", "staff", "documents",
    ]  # fmt: skip
    path = centre["links"]["self"]
    assert items["unit"] == {
        "key": "unit", "titles": items["unit"]["titles"], "met": True, "link": path, "needed_for": "submit",
        "reason": None,
    }  # fmt: skip
    assert set(items["unit"]["titles"]) == {"en", "fr", "es", "ar", "zh", "ru"}
    assert items["staff"] == {
        "key": "staff", "titles": {"en": "Staff", "fr": "staff"}, "met": False, "link": path, "needed_for": "submit",
        "reason": "answers_missing",
    }  # fmt: skip


async def test_without_active_questions_there_are_none(admin: Caller, members: Members) -> None:
    country = unused_country()
    centre = await entered(admin, CENTRES, await centre_body(members, country))
    assert (await _checklist(admin, centre))["total"] == 6
    unasked = await admin.change(centre["links"]["self"], application_answers={"motivation": "Soils"})
    assert unasked.json()["errors"][0]["code"] == "unknown_question"
    assert (await stepped(admin, centre, "submit"))["application_answers"] == {}


async def test_later_states_wait_for_reviews_for_consent_and_for_a_renewal(
    admin: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await applied(admin, members, country)
    assert (await _checklist(admin, centre))["items"][0]["needed_for"] == "submit"
    centre = await stepped(admin, centre, "accept_complete")
    (waiting,) = (await _checklist(admin, centre))["items"]
    assert (waiting["needed_for"], waiting["reason"]) == ("recommend", await refused(admin, centre, "recommend"))
    assert (await admin.get(waiting["link"])).status_code == 200
    for _ in range(2):
        await reviewed(admin, members, centre)
    assert (await _checklist(admin, centre))["missing"] == []
    centre = await stepped(admin, centre, "recommend")
    shown = await _checklist(admin, centre)
    assert shown["missing"] == ["agreement_missing", "endorsement_missing"]
    agreement, endorsement = shown["items"]
    assert endorsement["link"] == f"/actions/v1/endorsements?country={country}"
    await agreed(admin, centre)
    assert len((await admin.get(agreement["link"])).json()["items"]) == 1
    assert (await _checklist(admin, centre))["missing"] == ["endorsement_missing"]
    await endorsed(superuser, country, level=2)
    assert (await _checklist(admin, centre))["missing"] == []
    centre = await stepped(admin, centre, "designate")
    assert (await _checklist(admin, centre))["missing"] == ["final_report_missing", "evaluation_missing"]
    closed = await stepped(admin, centre, "close", reason="The host has left")
    assert await _checklist(admin, closed) == {"items": [], "met": 0, "total": 0, "missing": []}


async def test_submit_names_each_question_without_an_answer(
    admin: Caller, members: Members, questions: _Record
) -> None:
    centre = await entered(admin, CENTRES, await centre_body(members, unused_country()))
    path = centre["links"]["self"]
    response = await admin.step(path, "submit")
    assert (response.status_code, response.json()["reason"]) == (409, "answers_missing")
    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert pointers == ["/application_answers/motivation", "/application_answers/staff"]
    await admin.change(path, application_answers={"staff": 4})
    response = await admin.step(path, "submit")
    assert [error["pointer"] for error in response.json()["errors"]] == ["/application_answers/motivation"]
    changed = await admin.change(path, application_answers={"motivation": "Soils", "lakes": False})
    assert changed.json()["application_answers"] == {"staff": 4, "motivation": "Soils", "lakes": False}
    cleared = await admin.change(path, application_answers={"lakes": None})
    assert cleared.json()["application_answers"] == {"staff": 4, "motivation": "Soils"}
    lines = (await admin.get(f"{path}/history")).json()["items"]
    assert [change["pointer"] for change in lines[0]["changes"]] == ["/application_answers"]
    await stepped(admin, cleared.json(), "submit")


@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ({"unknown": "x"}, "/application_answers/unknown", "unknown_question"),
        ({"motivation": 3}, "/application_answers/motivation", "invalid_answer"),
        ({"staff": 0}, "/application_answers/staff", "invalid_answer"),
        ({"statutes": "x"}, "/application_answers/statutes", "invalid_answer"),
        ({"statutes": _UNKNOWN_FILE}, "/application_answers/statutes/evidence_id", "unknown_evidence"),
    ],
)
async def test_other_answers_are_refused(
    admin: Caller, members: Members, questions: _Record, answers: _Record, pointer: str, code: str
) -> None:
    centre = await _sparse(admin, members, unused_country())
    response = await admin.change(centre["links"]["self"], application_answers=answers)
    assert response.status_code == 422, response.text
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in response.json()["errors"]]
    made = await admin.post(CENTRES, {**(await centre_body(members, unused_country())), "application_answers": answers})
    assert made.status_code == 422


async def test_an_answer_that_fits_no_more_is_asked_for_again(
    admin: Caller, members: Members, questions: _Record
) -> None:
    body = await centre_body(members, unused_country(), application_answers={"motivation": "Soils", "staff": 4})
    centre = await entered(admin, CENTRES, body)
    renamed = [_question("motivation", "integer", required=True), _question("new", required=True)]
    sections = [{"key": "host", "titles": {"en": "Host"}, "questions": renamed}]
    other = {"kind": "application", "version": uuid4().hex, "titles": {"en": "Application"}, "sections": sections}
    await stepped(admin, await entered(admin, TEMPLATES, other), "activate")
    assert await refused(admin, centre, "submit") == "answers_missing"
    kept = await admin.change(centre["links"]["self"], application_answers={"motivation": 3, "new": "Rivers"})
    assert kept.json()["application_answers"] == {"motivation": 3, "new": "Rivers", "staff": 4}
    await stepped(admin, kept.json(), "submit")


async def test_answers_change_only_while_the_applicant_has_the_file(
    admin: Caller, members: Members, questions: _Record
) -> None:
    answered = {"motivation": "Soils", "staff": 4}
    centre = await applied(admin, members, unused_country(), application_answers=answered)
    path = centre["links"]["self"]
    frozen = await admin.change(path, application_answers={"staff": 5})
    assert (frozen.status_code, frozen.json()["errors"][0]["pointer"]) == (409, "/application_answers")
    centre = await stepped(admin, centre, "accept_complete")
    centre = await stepped(admin, centre, "request_info", reason="How many?")
    assert (await admin.change(path, application_answers={"staff": 5})).status_code == 200
    assert (await admin.change(path, application_answers={"motivation": None})).status_code == 200
    assert await refused(admin, centre, "resubmit") == "answers_missing"


async def test_files_among_the_answers_are_available_when_the_application_is_submitted(
    admin: Caller, members: Members, questions: _Record, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    file = await enter(
        superuser, "action_evidence", country=country, status="available", category="A08", sha256="0" * 64
    )
    statutes = {**DOCUMENT, "url": None, "evidence_id": str(file)}
    answered = {"motivation": "Soils", "staff": 4, "statutes": statutes}
    centre = await entered(admin, CENTRES, await centre_body(members, country, application_answers=answered))
    assert centre["application_answers"]["statutes"]["sha256"] == "0" * 64
    await change(superuser, "action_evidence", file, status="withdrawn")
    assert (await _checklist(admin, centre))["missing"] == ["evidence_not_available"]
    assert await refused(admin, centre, "submit") == "evidence_not_available"
    named = await superuser.fetchval("SELECT record_id FROM centre_published_document WHERE evidence_id = $1", file)
    assert str(named) == centre["id"]


async def test_who_sees_the_file_whole_reads_the_checklist(
    admin: Caller, members: Members, entering: Enter, anonymous: Caller
) -> None:
    country = unused_country()
    centre = await entered(admin, CENTRES, await centre_body(members, country, visibility="public"))
    path = f"{centre['links']['self']}/checklist"
    for role in ("government_focal_point", "committee_secretary", "national_author"):
        assert (await entering(role, "country", country).get(path)).status_code == 200
    assert (await entering("centre_director", "centre", centre["id"]).get(path)).status_code == 200
    assert (await entering("centre_director", "centre", str(uuid4())).get(path)).status_code == 404
    assert (await anonymous.get(path)).status_code == 401


async def test_a_representative_completes_the_application_that_they_drafted(
    admin: Caller, members: Members, entering: Enter, questions: _Record
) -> None:
    country = unused_country()
    host, other = await members.institution(country), await members.institution(country)
    representative = entering("institution_representative", "institution", host)
    body = await centre_body(members, country, host_institution_id=host, director_id=None, unit=None)
    centre = await entered(representative, CENTRES, {**body, "visibility": "restricted"})
    path, answered = centre["links"]["self"], {"motivation": "Soils", "staff": 4}
    assert "unit_missing" in (await _checklist(representative, centre))["missing"]
    assert (await representative.get(f"{path}/stages")).json()[0]["holder"] == "applicant"
    changed = await representative.change(path, unit="Faculty of Rivers", application_answers=answered)
    assert (changed.json()["unit"], changed.json()["application_answers"]) == ("Faculty of Rivers", answered)
    await admin.change(path, director_id=await members.expert(country))
    await stepped(representative, centre, "submit")
    late = await representative.change(path, application_answers={"staff": 5})
    assert late.status_code == 409
    for action in ("accept_complete", "request_info"):
        centre = await stepped(admin, centre, action, reason="How many?")
    assert (await representative.change(path, application_answers={"staff": 5})).status_code == 200
    assert (await stepped(representative, centre, "resubmit"))["status"] == "under_review"
    assert len((await representative.get(f"{path}/stages")).json()) == 5
    stranger = entering("institution_representative", "institution", other)
    for of in (representative, stranger):
        hidden = await entered(admin, CENTRES, await centre_body(members, country, host_institution_id=other))
        for address in ("", "/checklist", "/stages"):
            assert (await of.get(f"{hidden['links']['self']}{address}")).status_code == 404
        assert (await of.patch(hidden["links"]["self"], {"unit": "x"}, etag='"1"')).status_code == 404
    assert (await stranger.get(f"{path}/checklist")).status_code == 404


async def test_a_reader_of_the_public_page_has_no_checklist(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country, visibility="public")
    await agreed(admin, centre)
    await endorsed(superuser, country, level=2)
    centre = await stepped(admin, centre, "designate")
    visitor = entering("expert", "self", str(uuid4()))
    for part in ("checklist", "stages"):
        response = await visitor.get(f"{centre['links']['self']}/{part}")
        assert (response.status_code, response.json()["reason"]) == (403, "not_permitted")
