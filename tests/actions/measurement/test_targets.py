"""Targets: exact decimals or codes, one for each indicator, subject and period."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.actions.neighbours import enter
from tests.actions.programme import action, programme
from tests.support.callers import Caller
from tests.support.results import TARGETS, active_indicator, id_of, indicator, parts, period, scale

Callers = Callable[[str | None], Caller]


def _faults(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


async def _subject(admin: Caller, country: str = "XA", **more: Any) -> dict[str, str]:
    """An indicator and a period of its framework, for a country."""
    path = await period(admin)
    framework = (await admin.get(path)).json()["framework"]
    indicator_id = await active_indicator(admin, framework=framework, **more)
    return {"indicator_id": indicator_id, "period_id": id_of(path), "country": country}


async def test_a_target_is_exact(admin: Caller, caller: Callers) -> None:
    author, subject = caller("author_xa"), await _subject(admin)
    made = await author.post(TARGETS, {**subject, "value": "123456789012345678.000000000010"})
    assert (made.status_code, made.json()["value"]) == (201, "123456789012345678.000000000010")
    path = made.json()["links"]["self"]
    assert (await author.change(path, value="0.10")).json()["value"] == "0.10"
    assert (await author.change(path, value="0.0000001")).json()["value"] == "0.0000001"
    history = (await author.get(f"{path}/history")).json()["items"][0]
    assert {"pointer": "/value", "before": "0.10", "after": "0.0000001"} in history["changes"]
    again = await author.post(TARGETS, {**subject, "value": "2"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert (await caller("author_xb").get(path)).json()["value"] == "0.0000001"
    assert (await caller("applicant").get(path)).status_code == 404
    listed = await author.get(f"{TARGETS}?indicator_id={subject['indicator_id']}&period_id={subject['period_id']}")
    assert [one["value"] for one in listed.json()["items"]] == ["0.0000001"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1, "decimal_as_text"),
        (0.5, "decimal_as_text"),
        (True, "decimal_as_text"),
        *((text, "invalid_format") for text in ("N/A", "NaN", "1e400", "Infinity", "", " 1", "1.", ".5", "01", "+1")),
        *((text, "invalid_format") for text in ("9" * 19, "9" * 40, "1.1234567890123", "1,5", "١")),
    ],
)
async def test_only_a_decimal_as_text_is_a_number(admin: Caller, value: object, code: str) -> None:
    ids = dict.fromkeys(("indicator_id", "period_id"), str(uuid4()))
    response = await admin.post(TARGETS, {**ids, "country": "XA", "value": value})
    assert _faults(response) == [("/value", code)]


async def test_a_target_is_about_one_subject_that_reports_the_indicator(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    author, subject = caller("author_xa"), await _subject(admin, reported_by="action")
    del subject["country"]
    centre = str(await enter(superuser, "centre_centre", status="active"))
    own = id_of(await action(author, await programme(author), "core"))
    for named, fault in (
        ({}, ("/country", "one_subject")),
        ({"country": "XA", "action_id": own}, ("/country", "one_subject")),
        ({"country": "XA"}, ("/indicator_id", "subject_mismatch")),
        ({"centre_id": centre}, ("/indicator_id", "subject_mismatch")),
        ({"action_id": str(uuid4())}, ("/action_id", "unknown_reference")),
        ({"centre_id": str(uuid4())}, ("/centre_id", "unknown_reference")),
    ):
        assert _faults(await author.post(TARGETS, {**subject, **named, "value": "1"})) == [fault]
    made = (await author.post(TARGETS, {**subject, "action_id": own, "value": "1"})).json()
    assert (made["country"], made["action_id"], made["centre_id"]) == ("XA", own, None)
    hidden = await caller("author_xb").post(TARGETS, {**subject, "action_id": own, "value": "1"})
    assert _faults(hidden) == [("/action_id", "unknown_reference")]


async def test_the_indicator_and_the_period_are_known_and_fit(admin: Caller, caller: Callers) -> None:
    author, subject = caller("author_xa"), await _subject(admin)
    other = id_of(await period(admin))
    draft = await indicator(admin)
    national = await active_indicator(caller("government_xb"), country="XB")
    for named, fault in (
        ({"period_id": str(uuid4())}, ("/period_id", "unknown_reference")),
        ({"period_id": other}, ("/period_id", "period_mismatch")),
        ({"indicator_id": id_of(draft)}, ("/indicator_id", "unknown_reference")),
        ({"indicator_id": national}, ("/indicator_id", "unknown_reference")),
    ):
        assert _faults(await author.post(TARGETS, {**subject, **named, "value": "1"})) == [fault]
    refused = await admin.post(TARGETS, {**subject, "indicator_id": id_of(draft), "value": "1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "indicator_not_active")


async def test_who_enters_targets(admin: Caller, caller: Callers) -> None:
    subject = await _subject(admin)
    for name, status in (("author_xb", 403), ("focal_xa", 403), ("officer", 403), ("government_xa", 201)):
        assert (await caller(name).post(TARGETS, {**subject, "value": "1"})).status_code == status


async def test_a_target_on_a_scale_is_a_code(admin: Caller, caller: Callers) -> None:
    author = caller("author_xa")
    coded = {"measure": "ordinal", "unit": None, "across": "none", "scale": scale("none", "full")}
    subject = await _subject(admin, **coded)
    part = {"dimensions": {"sex": "f"}, "value": "1"}
    for body, faults in (
        ({"value": "1"}, [("/value", "value_mismatch"), ("/code", "value_mismatch")]),
        ({"code": "half"}, [("/code", "value_mismatch")]),
        ({"code": "full", "breakdown": [part]}, [("/breakdown", "value_mismatch")]),
    ):
        assert _faults(await author.post(TARGETS, {**subject, **body})) == faults
    assert (await author.post(TARGETS, {**subject, "code": "full"})).json()["code"] == "full"


async def test_a_target_has_parts_of_the_indicator(admin: Caller, caller: Callers) -> None:
    author = caller("author_xa")
    dimensions = [
        {"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m")},
        {"key": "goal", "titles": {"en": "Goal"}, "scheme": "sdg"},
    ]
    subject = {**await _subject(admin, disaggregations=dimensions), "value": "10"}
    good = [{"dimensions": {"sex": "f", "goal": "15"}, "value": "4.50"}, {"dimensions": {"sex": "m"}, "value": "5"}]
    for place, named, code in (
        (1, {"sex": "x"}, "unknown_dimension"),
        (1, {"age": "5"}, "unknown_dimension"),
        (2, {"sex": "m"}, "not_unique"),
    ):
        bad = [*good[:place], {"dimensions": named, "value": "1"}]
        response = await author.post(TARGETS, {**subject, "breakdown": bad})
        assert _faults(response) == [(f"/breakdown/{place}/dimensions", code)]
    unknown = [*good, {"dimensions": {"sex": "f", "goal": "18"}, "value": "1"}]
    fault = ("/breakdown/2/dimensions/goal", "unknown_code")
    assert _faults(await author.post(TARGETS, {**subject, "breakdown": unknown})) == [fault]
    made = (await author.post(TARGETS, {**subject, "breakdown": good})).json()
    assert made["breakdown"] == good
    assert _faults(await author.change(made["links"]["self"], breakdown=unknown)) == [fault]
    many = [{"dimensions": {"goal": str(n)}, "value": "1"} for n in range(2001)]
    assert _faults(await author.post(TARGETS, {**subject, "breakdown": many})) == [("/breakdown", "too_long")]


async def test_what_values_depend_on_stays(admin: Caller, caller: Callers) -> None:
    dimensions = [{"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m")}]
    subject = await _subject(admin, disaggregations=dimensions)
    path = f"/actions/v1/indicators/{subject['indicator_id']}"
    assert (await admin.change(path, across="mean")).status_code == 200
    await caller("author_xa").post(TARGETS, {**subject, "value": "1"})
    for field, value in (
        ("across", "sum"),
        ("over_time", "sum"),
        ("reported_by", "centre"),
        ("unit", {"code": "km2", "label": "square kilometres"}),
        ("disaggregations", []),
        ("disaggregations", [{**dimensions[0], "codes": parts("f")}]),
    ):
        refused = await admin.change(path, **{field: value})
        assert (refused.status_code, refused.json()["code"]) == (409, "indicator_in_use"), field
        assert [fault["pointer"] for fault in refused.json()["errors"]] == [f"/{field}"]
    more = [{**dimensions[0], "codes": parts("f", "m", "x")}, {**dimensions[0], "key": "sex2"}]
    assert (await admin.change(path, disaggregations=more, titles={"en": "Land"})).status_code == 200
