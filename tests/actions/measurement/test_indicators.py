"""Indicators: those of frameworks are the secretariat's, national ones a country's own."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.actions.schemes import code, current
from tests.support.callers import Caller
from tests.support.results import FRAMEWORK, INDICATORS, indicator, indicator_body, parts, scale

Callers = Callable[[str | None], Caller]


def _faults(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


async def test_the_secretariat_publishes_one_of_a_framework(admin: Caller, caller: Callers) -> None:
    path = await indicator(admin, codes=[{"scheme": "sdg", "code": "15.3"}], pillar="action-1", side="ecological")
    shown = (await admin.get(path)).json()
    assert (shown["status"], shown["framework"], shown["country"]) == ("draft", FRAMEWORK, None)
    assert (shown["direction"], shown["reported_by"], shown["frequency"]) == ("ascending", "country", "year")
    for other in ("author_xa", "officer", "applicant"):
        assert (await caller(other).get(path)).status_code == 404
    active = (await admin.step(path, "publish")).json()
    assert (active["status"], active["visibility"]) == ("active", "public")
    for other in ("author_xa", "author_xb", "applicant"):
        assert (await caller(other).get(path)).json()["titles"] == {"en": "Restored land"}
    assert (await caller(None).get(path)).status_code == 401
    assert (await admin.step(path, "publish")).status_code == 409
    assert (await admin.step(path, "retire")).json()["status"] == "retired"
    assert (await caller("applicant").get(path)).status_code == 200


async def test_a_country_has_its_own(caller: Callers) -> None:
    author = caller("author_xa")
    path = await indicator(author, country="XA")
    assert (await author.change(path, titles={"en": "Forest"})).json()["titles"] == {"en": "Forest"}
    assert (await author.step(path, "publish")).status_code == 403
    assert (await caller("author_xb").get(path)).status_code == 404
    active = (await caller("government_xa").step(path, "publish")).json()
    assert (active["status"], active["visibility"]) == ("active", "network")
    assert (await caller("author_xb").get(path)).status_code == 200
    assert (await caller("applicant").get(path)).status_code == 404
    refused = await caller("author_xb").post(INDICATORS, indicator_body(country="XA"))
    assert (refused.status_code, refused.json()["code"]) == (403, "country_forbidden")
    for other in ("author_xa", "officer", "government_xa"):
        assert (await caller(other).post(INDICATORS, indicator_body())).status_code == 403


async def test_a_code_is_used_once_in_a_country_or_over_all_frameworks(admin: Caller, caller: Callers) -> None:
    code = f"C-{uuid4().hex[:12]}"
    for by, more in ((admin, {}), (caller("author_xa"), {"country": "XA"}), (caller("author_xb"), {"country": "XB"})):
        path = await indicator(by, code=code, **more)
        again = await by.post(INDICATORS, indicator_body(code=code, **more))
        assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/code")
        assert (await by.change(path, code="another")).json()["code"] == "unknown_field"


@pytest.mark.parametrize(
    ("more", "faults"),
    [
        ({"country": "XA", "framework": FRAMEWORK}, [("/framework", "framework_or_country")]),
        ({"framework": None}, [("/framework", "framework_or_country")]),
        ({"framework": "none/2026"}, [("/framework", "unknown_reference")]),
        ({"replaces_id": str(uuid4())}, [("/replaces_id", "unknown_reference")]),
        ({"valid_from": "2027-01-01", "valid_to": "2026-12-31"}, [("/valid_to", "invalid_date")]),
        ({"unit": None}, [("/unit", "measure_mismatch")]),
        ({"measure": "percentage"}, [("/unit", "measure_mismatch")]),
        ({"scale": scale("no", "yes")}, [("/scale", "measure_mismatch")]),
        (
            {"measure": "qualitative", "unit": None, "over_time": "mean"},
            [("/across", "measure_mismatch"), ("/over_time", "measure_mismatch")],
        ),
        ({"measure": "ordinal", "unit": None, "across": "none"}, [("/scale", "measure_mismatch")]),
        (
            {"measure": "nominal", "unit": None, "across": "none", "scale": [*scale("a"), *scale("a")]},
            [("/scale/1/code", "not_unique"), ("/scale/1/order", "not_unique")],
        ),
        ({"codes": [{"scheme": "sdg", "code": str(n)} for n in range(51)]}, [("/codes", "too_long")]),
    ],
)
async def test_fields_that_do_not_fit_are_refused(
    admin: Caller, more: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert _faults(await admin.post(INDICATORS, indicator_body(**more))) == faults


async def test_a_dimension_has_codes_or_a_scheme(admin: Caller) -> None:
    own = {"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m"), "exhaustive": True, "required": True}
    of_scheme = {"key": "goal", "titles": {"en": "Goal"}, "scheme": "sdg"}
    path = await indicator(admin, disaggregations=[own, of_scheme])
    shown = (await admin.get(path)).json()["disaggregations"]
    assert [(one["key"], one["required"], one["exhaustive"]) for one in shown] == [
        ("sex", True, True),
        ("goal", False, False),
    ]
    for dimensions, faults in (
        ([own, own], [("/disaggregations/1/key", "not_unique")]),
        ([{**own, "codes": []}], [("/disaggregations/0/codes", "codes_or_scheme")]),
        ([{**own, "scheme": "sdg"}], [("/disaggregations/0/codes", "codes_or_scheme")]),
        ([{**own, "codes": parts("f", "f")}], [("/disaggregations/0/codes/1/code", "not_unique")]),
        ([own] * 6, [("/disaggregations", "too_long")]),
    ):
        assert _faults(await admin.post(INDICATORS, indicator_body(disaggregations=dimensions))) == faults


async def test_an_indicator_replaces_another_one_but_not_itself(admin: Caller, caller: Callers) -> None:
    first = await indicator(admin)
    key = first.rpartition("/")[2]
    hidden = await caller("author_xa").post(INDICATORS, indicator_body(country="XA", replaces_id=key))
    assert _faults(hidden) == [("/replaces_id", "unknown_reference")]
    await admin.step(first, "publish")
    second = await indicator(caller("author_xa"), country="XA", replaces_id=key)
    assert (await caller("author_xa").get(second)).json()["replaces_id"] == key
    assert _faults(await admin.change(first, replaces_id=key)) == [("/replaces_id", "self_relation")]


async def test_lists_are_filtered(admin: Caller) -> None:
    code = f"F-{uuid4().hex[:12]}"
    path = await indicator(admin, code=code, level="impact", measure="percentage", unit=None, side="security")
    await admin.step(path, "publish")
    matching = f"framework=3%2B1/2026&code={code}&level=impact&measure=percentage&side=security&frequency=year"
    assert [one["code"] for one in (await admin.get(f"{INDICATORS}?{matching}")).json()["items"]] == [code]
    for other in ("level=output", "measure=unit", "side=ecological", "frequency=month", "status=draft", "country=XA"):
        assert (await admin.get(f"{INDICATORS}?code={code}&{other}")).json()["items"] == []
    assert (await admin.get(f"{INDICATORS}?level=all")).status_code == 400


async def test_a_country_copies_one_of_a_framework(admin: Caller, caller: Callers) -> None:
    author, dimension = caller("author_xa"), {"key": "cover", "titles": {"en": "Cover"}, "codes": parts("forest")}
    path = await indicator(
        admin, pillar="action-2", disaggregations=[dimension], definition={"en": "Land", "fr": "Sol"}
    )
    template = (await admin.get(path)).json()
    place = {"country": "XA"}
    refused = await admin.post(f"{path}/copies", place)
    assert (refused.status_code, refused.json()["code"]) == (409, "indicator_not_active")
    assert (await author.post(f"{path}/copies", place)).status_code == 404
    await admin.step(path, "publish")
    made = await author.post(f"{path}/copies", {**place, "definition": {"fr": None}, "source": "Soil survey"})
    assert made.status_code == 201, made.text
    copy = made.json()
    changed = {"framework": None, "country": "XA", "definition": {"en": "Land"}, "source": "Soil survey"}
    own = {"id", "ref", "links", "version", "created_at", "updated_at", "created_by", "updated_by", "allowed_actions"}
    expected = {**template, **changed, "template_id": template["id"], "status": "draft", "visibility": "restricted"}
    assert {name: value for name, value in copy.items() if name not in own} == {
        name: value for name, value in expected.items() if name not in own
    }
    assert (await author.get(f"{INDICATORS}?template_id={template['id']}")).json()["items"][0]["id"] == copy["id"]
    again = await author.post(f"{path}/copies", place)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/code")
    other = await author.post(f"{path}/copies", {**place, "code": f"C-{uuid4().hex[:12]}"})
    assert other.status_code == 201, other.text
    for body, status, pointer in (
        ({}, 422, "/country"),
        ({"country": "XA", "code": ""}, 422, "/code"),
        ({"country": "XA", "framework": FRAMEWORK}, 422, "/framework"),
        ({"country": "XA", "template_id": template["id"]}, 422, "/template_id"),
        ({"country": "XA", "measure": "nominal"}, 422, "/unit"),
    ):
        wrong = await author.post(f"{path}/copies", body)
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (status, pointer), wrong.text
    assert (await author.post(f"{path}/copies", {"country": "XB"})).status_code == 403
    national = copy["links"]["self"]
    await caller("government_xa").step(national, "publish")
    refused = await author.post(f"{national}/copies", {**place, "code": f"C-{uuid4().hex[:12]}"})
    assert (refused.status_code, refused.json()["code"]) == (409, "indicator_not_active")


async def test_a_copy_retains_codes_that_a_later_edition_lacks(admin: Caller, caller: Callers) -> None:
    name = (await admin.get(await current(admin, code("1")))).json()["code"]
    path = await indicator(admin, codes=[{"scheme": name, "code": "1"}])
    await admin.step(path, "publish")
    await current(admin, code("2"), code=name, edition="2")
    made = await caller("author_xa").post(f"{path}/copies", {"country": "XA"})
    assert (made.status_code, made.json()["codes"]) == (201, [{"scheme": name, "code": "1"}])
