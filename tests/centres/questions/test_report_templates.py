"""Templates of reports, which are made over the API alone."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from tests.support.callers import Caller
from tests.support.centres import entered, sections, stepped

TEMPLATES = "/centres/v1/report_templates"
Callers = Callable[[str | None], Caller]


def _body(kind: str = "evaluation", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "version": uuid4().hex, "titles": {"en": "Evaluation"}, "sections": sections(), **more}


async def test_a_version_is_active_until_the_next_one(admin: Caller, caller: Callers) -> None:
    first = await entered(admin, TEMPLATES, _body())
    assert (first["status"], first["country"], first["version"]) == ("draft", None, 1)
    assert first["sections"][0]["questions"][2]["min"] == "0"
    author = caller("author_xa")
    assert (await author.get(first["links"]["self"])).status_code == 404
    first = await stepped(admin, first, "activate")
    seen = await author.get(first["links"]["self"])
    assert (seen.json()["status"], seen.json()["template_version"]) == ("active", first["template_version"])
    same = sections()
    same[0]["questions"][0] = {**same[0]["questions"][0], "key": "work_done", "same_as": "summary"}
    second = await entered(admin, TEMPLATES, _body(sections=same))
    assert (await stepped(admin, second, "activate"))["status"] == "active"
    assert (await admin.get(first["links"]["self"])).json()["status"] == "retired"
    active = (await author.get(f"{TEMPLATES}?kind=evaluation&status=active")).json()["items"]
    assert [one["id"] for one in active] == [second["id"]]


async def test_only_a_draft_changes(admin: Caller) -> None:
    made = await entered(admin, TEMPLATES, _body())
    path = made["links"]["self"]
    assert (await admin.change(path, titles={"en": "Other"})).json()["titles"] == {"en": "Other"}
    await stepped(admin, made, "activate")
    assert (await admin.change(path, titles={"en": "Late"})).status_code == 409
    assert (await admin.change(path, titles={"en": "Other"})).status_code == 200


async def test_a_template_is_found_by_its_titles_and_retired_without_a_reason(admin: Caller) -> None:
    word = f"Évaluation{uuid4().hex[:8]}"
    made = await entered(admin, TEMPLATES, _body(titles={"fr": f"{word} finale"}))
    found = (await admin.get(TEMPLATES, params={"q": word.replace("É", "e")})).json()["items"]
    assert [one["id"] for one in found] == [made["id"]]
    assert (await admin.change(made["links"]["self"], titles={"fr": None, "en": "Renamed"})).status_code == 200
    assert (await admin.get(TEMPLATES, params={"q": word})).json()["items"] == []
    assert (await stepped(admin, made, "retire"))["status"] == "retired"


async def test_a_version_is_used_once_for_a_kind(admin: Caller) -> None:
    body = _body()
    await entered(admin, TEMPLATES, body)
    refused = await admin.post(TEMPLATES, body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/version"), refused.text
    await entered(admin, TEMPLATES, {**body, "kind": "application"})


async def test_a_question_is_the_same_as_one_that_exists(admin: Caller) -> None:
    wrong = sections()
    wrong[0]["questions"][1] = {**wrong[0]["questions"][1], "same_as": "nothing"}
    refused = await admin.post(TEMPLATES, _body(sections=wrong))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "question_mismatch"), refused.text
    assert refused.json()["errors"][0]["pointer"] == "/sections/0/questions/1/same_as"


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"kind": "letter"}, "/kind"),
        ({"sections": []}, "/sections"),
        ({"sections": [{"key": "A", "titles": {"en": "x"}, "questions": []}]}, "/sections/0/key"),
        ({"titles": {}}, "/titles"),
        ({"template_version": "1"}, "/template_version"),
    ],
)
async def test_other_bodies_are_refused(admin: Caller, more: dict[str, Any], pointer: str) -> None:
    refused = await admin.post(TEMPLATES, _body(**more))
    assert refused.status_code == 422, refused.text
    assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def _asking(count: int, start: int = 0, **more: Any) -> dict[str, Any]:
    asked = {"titles": {"en": "How many?"}, "type": "integer", **more}
    questions = [{"key": f"q{n}", **asked} for n in range(start, start + count)]
    return {"key": f"s{start}", "titles": {"en": "Numbers"}, "questions": questions}


async def test_a_template_has_200_questions_in_20_sections(admin: Caller) -> None:
    largest = [_asking(10, 10 * n) for n in range(20)]
    made = await entered(admin, TEMPLATES, _body(sections=largest))
    assert sum(len(section["questions"]) for section in made["sections"]) == 200
    choices = [{"code": f"c{n}", "titles": {"en": "C"}} for n in range(51)]
    for more, pointer in (
        ([*largest, _asking(1, 200)], "/sections"),
        ([*largest[1:], _asking(11, 200)], "/sections"),
        ([_asking(1, type="choice", choices=choices)], "/sections/0/questions/0/choices"),
        ([_asking(1, type="colour")], "/sections/0/questions/0/type"),
        ([_asking(1, min="3", max="2")], "/sections/0/questions/0/max"),
        ([_asking(1), _asking(1)], "/sections/1/key"),
    ):
        refused = await admin.post(TEMPLATES, _body(sections=more))
        assert refused.status_code == 422, refused.text
        assert pointer in [error["pointer"] for error in refused.json()["errors"]], refused.text


async def test_the_secretariat_alone_makes_them(caller: Callers) -> None:
    for name, status in (("officer", 403), ("government_xa", 403), ("applicant", 403), (None, 401)):
        assert (await caller(name).post(TEMPLATES, _body())).status_code == status
