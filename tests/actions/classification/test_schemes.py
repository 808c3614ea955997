"""Classification schemes: shipped ones, editions, codes all or none, and what a published edition still takes."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.actions.schemes import SCHEMES, code, current, draft, every_code
from tests.support.callers import Caller

SHIPPED = {
    "sdg": ("2015", {"goal": 17, "target": 169, "indicator": 248}),
    "gbf": ("2022", {"goal": 4, "target": 23, "indicator": 42}),
    "planetary_boundaries": ("2023", {"boundary": 9}),
    "ipbes_units": ("2019", {"unit": 17}),
    "ness": ("2022", {"side": 2, "component": 11}),
    "iati_document_category": ("2.03", {"activity": 12, "organisation": 18}),
}


@pytest.mark.parametrize("name", SHIPPED)
async def test_anybody_reads_the_shipped_schemes(anonymous: Caller, name: str) -> None:
    found = (await anonymous.get(f"{SCHEMES}/{name}")).json()
    edition, kinds = SHIPPED[name]
    assert (found["edition"], found["status"], found["visibility"]) == (edition, "current", "public")
    codes = await every_code(anonymous, f"{SCHEMES}/{name}")
    assert Counter(one["kind"] for one in codes) == kinds
    assert len(codes) == found["code_count"] == len({one["code"] for one in codes})


async def test_targets_are_parts_of_goals_in_their_order(anonymous: Caller) -> None:
    targets = await every_code(anonymous, f"{SCHEMES}/sdg", "&kind=target")
    assert all(one["parent"] == one["code"].partition(".")[0] for one in targets)
    of_goal = await every_code(anonymous, f"{SCHEMES}/sdg", "&parent=8")
    assert [one["code"] for one in of_goal] == [f"8.{n}" for n in (*range(1, 11), "a", "b")]


async def test_pages_of_codes_follow_each_other(anonymous: Caller) -> None:
    first = (await anonymous.get(f"{SCHEMES}/gbf/codes?limit=20")).json()
    second = (await anonymous.get(first["next"])).json()
    third = (await anonymous.get(second["next"])).json()
    codes = [one["code"] for page in (first, second, third) for one in page["items"]]
    assert codes[:28] == [*"ABCD", *(str(n) for n in range(1, 24)), "A.1"]
    assert len(codes) == 60
    last = (await anonymous.get(third["next"])).json()
    assert (last["items"][-1]["code"], last["next"]) == ("23.b", None)


async def test_indicators_are_parts_of_targets_and_goals(anonymous: Caller) -> None:
    codes = await every_code(anonymous, f"{SCHEMES}/sdg") + await every_code(anonymous, f"{SCHEMES}/gbf")
    assert all(one["parent"] == one["code"].rpartition(".")[0] for one in codes if one["kind"] == "indicator")
    found = {one["code"]: one["titles"]["en"] for one in codes}
    assert (found["15.3.1"], found["1.b"]) == ("Indicator 15.3.1", "Binary indicator 1.b")


async def test_an_edition_is_read_by_id_ref_and_code(admin: Caller, anonymous: Caller) -> None:
    old = (await admin.get(await current(admin, code("1")))).json()
    newer = await draft(admin, code("1"), code("2"), code=old["code"], edition="2")
    of_scheme = f"{SCHEMES}/{old['code']}"
    assert [one["code"] for one in await every_code(anonymous, of_scheme)] == ["1"]
    assert (await anonymous.get(newer)).status_code == 404
    assert (await anonymous.get(f"{of_scheme}/codes?edition=2")).status_code == 404
    published = await admin.step(newer, "publish")
    assert (published.json()["status"], published.json()["visibility"]) == ("current", "public")
    assert (await anonymous.get(of_scheme)).json()["edition"] == "2"
    superseded = (await anonymous.get(f"{SCHEMES}/{old['ref']}")).json()
    assert (superseded["id"], superseded["status"]) == (old["id"], "superseded")
    for address, query in ((of_scheme, "&edition=1"), (f"{SCHEMES}/{old['id']}", "")):
        assert [one["code"] for one in await every_code(anonymous, address, query)] == ["1"]
    for address in (f"{of_scheme}/codes?edition=3", f"{SCHEMES}/{old['id']}/codes?edition=2"):
        assert (await anonymous.get(address)).status_code == 404
    lines = (await admin.get(f"{SCHEMES}/{old['id']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["supersede", "publish", "store_codes", "create"]


async def test_of_editions_published_at_once_one_is_current(admin: Caller) -> None:
    scheme = (await admin.get(await draft(admin, code("1")))).json()
    paths = [scheme["links"]["self"]]
    paths += [await draft(admin, code("1"), code=scheme["code"], edition=f"{n}") for n in range(2, 5)]
    taken = await asyncio.gather(*(admin.step(path, "publish") for path in paths))
    assert [response.status_code for response in taken] == [200] * 4
    found = (await admin.get(f"{SCHEMES}?code={scheme['code']}")).json()["items"]
    assert Counter(one["status"] for one in found) == {"current": 1, "superseded": 3}


async def test_an_edition_needs_codes_and_a_name_of_its_own(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    path = await draft(admin)
    refused = await admin.step(path, "publish")
    assert (refused.status_code, refused.json()["reason"]) == (409, "codes_missing")
    found = (await admin.get(path)).json()
    same = {"code": found["code"], "edition": "1", "titles": {"en": "x"}, "source": "https://example.org/"}
    again = await admin.post(SCHEMES, same)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/edition")
    for name in ("author_xa", "officer"):
        assert (await caller(name).post(SCHEMES, {**same, "edition": "2"})).status_code == 403
    for wrong in ({"code": "Soils"}, {"code": "a" * 41}, {"edition": "a b"}, {"source": "nowhere"}, {"code_count": 1}):
        assert (await admin.post(SCHEMES, {**same, "edition": "2", **wrong})).status_code == 422, wrong


async def test_codes_of_a_draft_are_stored_whole_or_not_at_all(admin: Caller) -> None:
    path = await draft(admin, code("2", parent=None), code("1"))
    assert [(one["code"], one["order"]) for one in await every_code(admin, path)] == [("2", 0), ("1", 1)]
    wrong: list[tuple[list[dict[str, Any]], str, str]] = [
        ([code("3"), code("3")], "/1/code", "not_unique"),
        ([code("3"), code("4", parent="5")], "/1/parent", "unknown_reference"),
        ([code("1", parent="2"), code("2", parent="1")], "/0/parent", "relation_cycle"),
        ([code("1", parent="1")], "/0/parent", "relation_cycle"),
        ([code("x" * 65)], "/0/code", "too_long"),
        ([{"code": "3", "titles": {}}], "/0/titles", "too_short"),
    ]
    for body, pointer, problem in wrong:
        refused = await admin.post(f"{path}/codes", body)
        assert refused.status_code == 422, refused.text
        assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (pointer, problem)
    stored = await admin.post(f"{path}/codes", [code("3", parent="1"), {"code": "1", "titles": {"en": "One"}}])
    assert (stored.status_code, stored.json()["code_count"]) == (201, 3)
    assert {one["code"]: one["titles"]["en"] for one in await every_code(admin, path)} == {
        "2": "Code 2", "3": "Code 3", "1": "One",
    }  # fmt: skip


async def test_two_thousand_codes_are_stored_at_once_and_no_more(admin: Caller) -> None:
    path = await draft(admin)
    whole = [code(f"{n}") for n in range(2_000)]
    assert (await admin.post(f"{path}/codes", whole)).json()["code_count"] == 2_000
    for more in (2_001, 10_000):
        refused = await admin.post(f"{path}/codes", [{"code": f"{n}", "titles": {"en": "x"}} for n in range(more)])
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "too_long")
        assert "2000" in refused.json()["errors"][0]["detail"].replace(",", "")
    assert len(await every_code(admin, path)) == 2_000


async def test_a_current_edition_takes_further_languages_only(admin: Caller) -> None:
    path = await current(admin, code("1", kind="goal"), code("2", parent="1"))
    further = await admin.post(f"{path}/codes", [{"code": "1", "titles": {"fr": "Un"}}])
    assert further.status_code == 201
    assert (await every_code(admin, path))[0]["titles"] == {"en": "Code 1", "fr": "Un"}
    same = await admin.post(f"{path}/codes", [code("1", kind="goal", order=0), code("2", parent="1")])
    assert same.status_code == 201
    changes: list[tuple[dict[str, Any], str]] = [
        (code("3"), "/0"),
        ({"code": "1", "titles": {"en": "Uno"}}, "/0/titles/en"),
        (code("1", kind="target"), "/0/kind"),
        (code("2", parent=None), "/0/parent"),
        (code("2", order=7), "/0/order"),
    ]
    for change, pointer in changes:
        refused = await admin.post(f"{path}/codes", [change])
        assert (refused.status_code, refused.json()["code"]) == (409, "scheme_in_use")
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert (await admin.change(path, titles={"fr": "Sols"})).json()["titles"] == {"en": "Soils", "fr": "Sols"}
    for wanted in ({"titles": {"en": "Sand"}}, {"edition": "2"}, {"licence": "CC0-1.0"}):
        refused = await admin.change(path, **wanted)
        assert (refused.status_code, refused.json()["code"]) == (409, "scheme_in_use")
    name = (await admin.get(path)).json()["code"]
    await current(admin, code("1"), code=name, edition="2")
    refused = await admin.post(f"{path}/codes", [{"code": "1", "titles": {"es": "Uno"}}])
    assert refused.json()["code"] == "scheme_in_use"


async def test_only_the_secretariat_stores_codes(admin: Caller, caller: Callable[[str | None], Caller]) -> None:
    path = await current(admin, code("1"))
    further = [{"code": "1", "titles": {"fr": "Un"}}]
    assert (await caller("government_xa").post(f"{path}/codes", further)).status_code == 403
    assert (await caller(None).post(f"{path}/codes", further)).status_code == 401
    hidden = await draft(admin, code("1"))
    assert (await caller("government_xa").post(f"{hidden}/codes", further)).status_code == 404
    for query in ("?kind=goal&kind=unit", "?sort=code", "?cursor=x"):
        assert (await admin.get(f"{path}/codes{query}")).status_code == 400, query


async def test_a_boundary_is_transgressed_by_assessment(anonymous: Caller) -> None:
    found = (await anonymous.get(f"{SCHEMES}/planetary_boundaries/states")).json()["items"]
    assert [one["assessment"] for one in found] == ["2025", "2024"]
    for one, transgressed in zip(found, (7, 6), strict=True):
        assert Counter(state["status"] for state in one["states"]) == {
            "transgressed": transgressed, "within": 9 - transgressed,
        }  # fmt: skip
    (only,) = (await anonymous.get(f"{SCHEMES}/planetary_boundaries/states?assessment=2024")).json()["items"]
    assert only == found[1]


async def test_an_assessment_is_recorded_once(admin: Caller, caller: Callable[[str | None], Caller]) -> None:
    path = await current(admin, code("1"), code("2"))
    states = [{"code": "1", "status": "within"}, {"code": "2", "status": "transgressed", "zone": "high risk"}]
    source = {"title": "Report", "date": "2026-05-01", "url": "https://example.org/report.pdf"}
    body = {"assessment": "2026", "published_on": "2026-05-01", "source": source, "states": states}
    assert (await caller("government_xa").post(f"{path}/states", body)).status_code == 403
    for wrong, pointer, problem in (
        ([*states, {"code": "3", "status": "within"}], "/states/2/code", "unknown_code"),
        ([*states, states[0]], "/states/2/code", "not_unique"),
    ):
        refused = await admin.post(f"{path}/states", {**body, "states": wrong})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
        assert refused.json()["errors"][0]["code"] == problem
    made = await admin.post(f"{path}/states", body)
    assert (made.status_code, made.json()["assessments"]) == (201, ["2026"])
    again = await admin.post(f"{path}/states", body)
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/assessment")
    (found,) = (await admin.get(f"{path}/states")).json()["items"]
    assert found["states"] == [{**states[0], "zone": None}, states[1]]
    assert (await admin.get(f"{path}/history")).json()["items"][0]["changes"] == [
        {"pointer": "/assessments", "before": [], "after": ["2026"]}
    ]
