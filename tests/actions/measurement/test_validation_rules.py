"""Rules of a framework are the secretariat's, national ones a country's own: their fields, and who knows of them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from tests.actions.programme import framework
from tests.support.callers import Caller
from tests.support.results import (
    FRAMEWORK,
    RULES,
    active_indicator,
    active_rule,
    id_of,
    indicator,
    parts,
    rule,
    rule_body,
    scale,
    side,
)

Callers = Callable[[str | None], Caller]
AT_MOST = "less_than_or_equal_to"


def _faults(response: httpx.Response) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.text
    return [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]]


async def test_the_secretariat_publishes_one_of_a_framework(admin: Caller, caller: Callers) -> None:
    left, right = await active_indicator(admin), await active_indicator(admin)
    terms = side({"indicator": left, "factor": "0.50", "period": "previous"}, {"indicator": left}, constant="1.0")
    made = await rule(admin, terms, AT_MOST, side(right), tolerance="0.10", instruction={"en": "Check the areas."})
    path = made["links"]["self"]
    assert (made["status"], made["framework"], made["country"], made["missing"]) == (
        "draft", FRAMEWORK, None, "skip_if_any",
    )  # fmt: skip
    assert made["left"] == {
        "terms": [
            {"indicator": left, "dimensions": {}, "period": "previous", "factor": "0.50"},
            {"indicator": left, "dimensions": {}, "period": "same", "factor": "1"},
        ],
        "constant": "1.0",
    }
    assert (made["right"]["constant"], made["tolerance"], "indicator_ids" in made) == (None, "0.10", False)
    for other in ("author_xa", "government_xa", "officer", "applicant"):
        assert (await caller(other).get(path)).status_code == 404
    active = (await admin.step(path, "publish")).json()
    assert (active["status"], active["visibility"]) == ("active", "public")
    for other in ("author_xa", "author_xb", "applicant"):
        assert (await caller(other).get(path)).json()["titles"] == {"en": "Forest is land"}
    assert (await caller(None).get(path)).status_code == 401
    assert (await admin.step(path, "retire")).json()["status"] == "retired"
    assert (await admin.step(path, "publish")).status_code == 409


async def test_a_country_has_its_own(admin: Caller, caller: Callers) -> None:
    government = caller("government_xa")
    code, own = f"I-{uuid4().hex[:12]}", f"I-{uuid4().hex[:12]}"
    await active_indicator(admin, code=code)
    national = await indicator(caller("author_xa"), country="XA", code=own)
    made = await rule(government, side(code), AT_MOST, side(own), country="XA")
    path = made["links"]["self"]
    for other in ("author_xb", "government_xb"):
        assert (await caller(other).get(path)).status_code == 404
    assert (await caller("author_xa").get(path)).status_code == 200
    for other in ("author_xa", "officer", "focal_xa"):
        assert (await caller(other).step(path, "publish")).status_code == 403
    active = (await government.step(path, "publish")).json()
    assert (active["status"], active["visibility"]) == ("active", "network")
    assert (await caller("author_xb").get(path)).status_code == 200
    assert (await caller("applicant").get(path)).status_code == 404
    for by, more in ((caller("author_xa"), {"country": "XA"}), (caller("government_xb"), {"country": "XA"})):
        assert (await by.post(RULES, rule_body(side(code), AT_MOST, side(constant="1"), **more))).status_code == 403
    assert (await government.post(RULES, rule_body(side(code), AT_MOST, side(constant="1")))).status_code == 403
    hidden = rule_body(side(code), AT_MOST, side(id_of(national)), country="XB")
    assert _faults(await caller("government_xb").post(RULES, hidden)) == [
        ("/right/terms/0/indicator", "unknown_reference")
    ]


async def test_a_code_is_used_once_in_a_country_or_over_all_frameworks(admin: Caller, caller: Callers) -> None:
    code, of = f"R-{uuid4().hex[:12]}", await active_indicator(admin)
    for by, more in (
        (admin, {}),
        (caller("government_xa"), {"country": "XA"}),
        (caller("government_xb"), {"country": "XB"}),
    ):
        await rule(by, side(of), AT_MOST, side(constant="1"), code=code, **more)
        again = await by.post(RULES, rule_body(side(of), AT_MOST, side(constant="1"), code=code, **more))
        assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/code")


async def test_an_active_rule_changes_its_texts_only(admin: Caller) -> None:
    of = await active_indicator(admin)
    draft = await rule(admin, side(of), AT_MOST, side(constant="10"))
    path = draft["links"]["self"]
    assert (await admin.change(path, right=side(constant="11.50"))).json()["right"]["constant"] == "11.50"
    assert _faults(await admin.change(path, left=side("nothing"))) == [("/left/terms/0/indicator", "unknown_reference")]
    await admin.step(path, "publish")
    assert (await admin.change(path, titles={"en": "Another title"})).json()["titles"] == {"en": "Another title"}
    refused = await admin.change(path, severity="warning", right=side(constant="12"))
    assert (refused.status_code, refused.json()["code"]) == (409, "rule_not_draft")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/severity", "/right"]


async def test_what_does_not_fit_is_refused(admin: Caller) -> None:
    dimensions = [{"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m")}]
    code = f"I-{uuid4().hex[:12]}"
    key = await active_indicator(admin, code=code, disaggregations=dimensions)
    text = await active_indicator(
        admin, measure="ordinal", unit=None, across="none", scale=scale("no", "yes"), over_time="none"
    )
    of_action, other = await active_indicator(admin, reported_by="action"), await active_indicator(admin)
    one = side(constant="1")
    before = {"indicator": key, "period": "previous"}
    cases: list[tuple[tuple[Any, str, Any], dict[str, Any], list[tuple[str, str]]]] = [
        ((side(key), "is", one), {}, [("/operator", "not_one_of")]),
        ((side(key), AT_MOST, one), {"country": "XA", "framework": FRAMEWORK},
         [("/framework", "framework_or_country")]),
        ((side(key), AT_MOST, one), {"framework": "none/2026"}, [("/framework", "unknown_reference")]),
        ((side(key), AT_MOST, one), {"code": "large_change"}, [("/code", "not_unique")]),
        ((side(key), AT_MOST, one), {"tolerance": "-1"}, [("/tolerance", "out_of_range")]),
        ((side(key), AT_MOST, one), {"tolerance": 1}, [("/tolerance", "decimal_as_text")]),
        ((side(key), AT_MOST, side(constant="1e400")), {}, [("/right/constant", "invalid_format")]),
        ((side(key), AT_MOST, side(constant="NaN")), {}, [("/right/constant", "invalid_format")]),
        ((side({"indicator": key, "factor": 2}), AT_MOST, one), {}, [("/left/terms/0/factor", "decimal_as_text")]),
        ((side(key), AT_MOST, side()), {}, [("/right/terms", "required")]),
        ((one, AT_MOST, one), {}, [("/left/terms", "required")]),
        ((side(before), AT_MOST, one), {}, [("/left/terms", "required")]),
        ((side(key), "compulsory_pair", one), {},
         [("/right/terms", "required"), ("/right/constant", "value_mismatch")]),
        ((side(key), "exclusive_pair", side(other)), {"tolerance": "1"}, [("/tolerance", "value_mismatch")]),
        ((side(key), AT_MOST, side(key)), {}, [("/right/terms/0", "self_relation")]),
        ((side(key), AT_MOST, side(code)), {}, [("/right/terms/0", "self_relation")]),
        ((side(key, code), AT_MOST, one), {}, [("/left/terms/1", "not_unique")]),
        ((side(*([key] * 21)), AT_MOST, one), {}, [("/left/terms", "too_long")]),
        ((side("unknown"), AT_MOST, side(str(uuid4()))), {},
         [("/left/terms/0/indicator", "unknown_reference"), ("/right/terms/0/indicator", "unknown_reference")]),
        ((side(text), AT_MOST, one), {}, [("/left/terms/0/indicator", "measure_mismatch")]),
        ((side(key), AT_MOST, side(of_action)), {}, [("/right/terms/0/indicator", "subject_mismatch")]),
        ((side({"indicator": key, "dimensions": {"age": "1"}}), AT_MOST, one), {},
         [("/left/terms/0/dimensions/age", "unknown_dimension")]),
        ((side({"indicator": key, "dimensions": {"sex": "x"}}), AT_MOST, one), {},
         [("/left/terms/0/dimensions/sex", "unknown_dimension")]),
        ((side({"indicator": key, "dimensions": {"Sex": "f"}}), AT_MOST, one), {},
         [("/left/terms/0/dimensions/Sex", "invalid_format")]),
        ((side({"indicator": key, "period": "next"}), AT_MOST, one), {}, [("/left/terms/0/period", "not_one_of")]),
        ((side({"indicator": key, "weight": "1"}), AT_MOST, one), {}, [("/left/terms/0/weight", "unknown_field")]),
    ]  # fmt: skip
    for given, more, faults in cases:
        assert _faults(await admin.post(RULES, rule_body(*given, **more))) == faults, (given, more)
    await rule(admin, side(key), AT_MOST, side(before))
    await rule(admin, side({"indicator": key, "dimensions": {"sex": "f"}}), AT_MOST, side(key))


async def test_a_term_names_an_indicator_of_the_rules_framework(admin: Caller, caller: Callers) -> None:
    of_framework = await framework(admin)
    foreign = await active_indicator(admin, framework=of_framework)
    unknown = [("/left/terms/0/indicator", "unknown_reference")]
    assert _faults(await admin.post(RULES, rule_body(side(foreign), AT_MOST, side(constant="1")))) == unknown
    await rule(admin, side(foreign), AT_MOST, side(constant="1"), framework=of_framework)
    await rule(caller("government_xa"), side(foreign), AT_MOST, side(constant="1"), country="XA")
    national = id_of(await indicator(caller("author_xa"), country="XA"))
    assert _faults(await admin.post(RULES, rule_body(side(national), AT_MOST, side(constant="1")))) == unknown


async def test_lists_are_filtered(admin: Caller) -> None:
    of, code = await active_indicator(admin), f"R-{uuid4().hex[:12]}"
    await active_rule(admin, side(of), AT_MOST, side(constant="1"), code=code)
    matching = f"framework=3%2B1/2026&code={code}&severity=error&operator={AT_MOST}&status=active&q=forest"
    assert [one["code"] for one in (await admin.get(f"{RULES}?{matching}")).json()["items"]] == [code]
    for other in ("severity=warning", "operator=equal_to", "status=draft", "country=XA"):
        assert (await admin.get(f"{RULES}?code={code}&{other}")).json()["items"] == []
    assert (await admin.get(f"{RULES}?severity=all")).status_code == 400
