"""Mappings between schemes, and how many records have each code of a scheme."""

from collections.abc import Callable
from typing import Any

import asyncpg

from tests.actions.programme import action, milestone, programme
from tests.actions.schemes import SCHEMES, code, current, draft
from tests.support.callers import Caller
from tests.support.evidence import evidence
from tests.support.results import indicator, published, result, subject


async def _scheme(admin: Caller, *codes: dict[str, Any]) -> str:
    """The code of a new current scheme."""
    name: str = (await admin.get(await current(admin, *codes))).json()["code"]
    return name


async def _covered(by: Caller, name: str, query: str = "", of: str = "actions") -> dict[str, int]:
    """The number of records of each code that has any."""
    response = await by.get(f"{SCHEMES}/{name}/coverage?limit=200{query}")
    assert response.status_code == 200, response.text
    return {one["code"]: one[of] for one in response.json()["items"] if one[of]}


async def _map(admin: Caller, origin: tuple[str, str], target: tuple[str, str], relation: str) -> None:
    ends = {name: {"scheme": end[0], "code": end[1]} for name, end in (("from", origin), ("to", target))}
    response = await admin.post(f"{SCHEMES}/{origin[0]}/mappings", [{**ends, "relation": relation}])
    assert response.status_code == 201, response.text


async def test_a_record_counts_once_for_a_code_and_those_above_it(
    admin: Caller, secretariat: Caller, anonymous: Caller
) -> None:
    name = await _scheme(admin, code("G"), code("G.1", parent="G"), code("G.2", parent="G"), code("H"))
    path = await programme(secretariat)
    tags = [{"scheme": name, "code": one} for one in ("G.1", "G.2", "G.2")]
    first = await action(secretariat, path, "core", tags=tags)
    await action(secretariat, path, "core", tags=[tags[0]])
    assert await _covered(secretariat, name) == {"G": 2, "G.1": 2, "G.2": 1}
    assert await _covered(secretariat, name, "&kind=none") == {}
    assert await _covered(anonymous, name) == {}
    await secretariat.change(first, tags=[{"scheme": name, "code": "H"}])
    assert await _covered(secretariat, name) == {"G": 1, "G.1": 1, "H": 1}
    page = (await secretariat.get(f"{SCHEMES}/{name}/coverage?limit=1")).json()
    assert [(one["code"], one["actions"]) for one in page["items"]] == [("G", 1)]
    assert [one["code"] for one in (await secretariat.get(page["next"])).json()["items"]] == ["G.1"]


async def test_a_caller_counts_what_it_may_know_of(
    admin: Caller, caller: Callable[[str | None], Caller], superuser: asyncpg.Connection
) -> None:
    name = await _scheme(admin, code("1"))
    tags = [{"scheme": name, "code": "1"}]
    own, other = caller("government_xa"), caller("government_xb")
    await action(own, await programme(own, "XA", visibility="restricted"), "core", tags=tags)
    hidden = await action(other, await programme(other, "XB", visibility="restricted"), "core", tags=tags)
    assert await _covered(admin, name) == {"1": 2}
    assert await _covered(admin, name, "&country=XB") == {"1": 1}
    assert await _covered(own, name) == {"1": 1}
    assert await _covered(own, name, "&country=XB") == {}
    published = "UPDATE action_action SET status = 'planned', visibility = 'public' WHERE id = $1::text::uuid"
    await superuser.execute(published, hidden.rpartition("/")[2])
    assert await _covered(own, name) == {"1": 2}
    assert await _covered(caller(None), name) == {"1": 1}


async def test_a_record_counts_by_a_mapping_only_if_its_relation_is_named(admin: Caller, secretariat: Caller) -> None:
    ours = await _scheme(admin, code("G"), code("G.1", parent="G"))
    same, part, wider = [await _scheme(admin, code("x")) for _ in range(3)]
    await _map(admin, (ours, "G.1"), (same, "x"), "exact")
    await _map(admin, (part, "x"), (ours, "G.1"), "broad")
    await _map(admin, (ours, "G.1"), (wider, "x"), "broad")
    path = await programme(secretariat)
    for name in (same, part, wider):
        await action(secretariat, path, "core", tags=[{"scheme": name, "code": "x"}])
    assert await _covered(secretariat, ours) == {}
    assert await _covered(secretariat, ours, "&via=exact") == {"G": 1, "G.1": 1}
    assert await _covered(secretariat, ours, "&via=exact,narrow") == {"G": 2, "G.1": 2}
    assert await _covered(secretariat, same, "&via=exact") == {"x": 1}
    both = {"scheme": ours, "code": "G.1"}, {"scheme": same, "code": "x"}
    await action(secretariat, path, "core", tags=[*both])
    assert await _covered(secretariat, ours, "&via=exact") == {"G": 2, "G.1": 2}
    items = (await secretariat.get(f"{SCHEMES}/{ours}/coverage?via=narrow")).json()["items"]
    assert {one["code"]: one["via"] for one in items} == {
        "G": [], "G.1": [{"scheme": part, "code": "x", "relation": "narrow"}],
    }  # fmt: skip
    for query in ("via=related", "via=", "country=ZZ", "limit=0"):
        assert (await secretariat.get(f"{SCHEMES}/{ours}/coverage?{query}")).status_code == 400, query


async def test_an_indicator_with_codes_of_two_schemes_is_in_both(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    first, second = [await _scheme(admin, code("G"), code("G.1", parent="G")) for _ in range(2)]
    codes = [{"scheme": name, "code": "G.1"} for name in (first, second, second)]
    path = await indicator(admin, codes=codes)
    assert await _covered(admin, first, of="indicators") == {"G": 1, "G.1": 1}
    assert await _covered(caller("author_xa"), first, of="indicators") == {}
    await admin.step(path, "publish")
    await indicator(caller("author_xb"), country="XB", codes=codes[:1])
    for name in (first, second):
        for query in ("", "&country=XA"):
            assert await _covered(caller("author_xa"), name, query, of="indicators") == {"G": 1, "G.1": 1}
    assert await _covered(admin, first, of="indicators") == {"G": 2, "G.1": 2}


async def test_published_results_count_by_the_codes_of_their_indicator(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    name, author = (
        await _scheme(admin, code("G"), code("G.1", parent="G"), code("G.2", parent="G")),
        caller("author_xa"),
    )
    body = await subject(admin, codes=[{"scheme": name, "code": one} for one in ("G.1", "G.2")])
    await result(caller("author_xb"), {**body, "country": "XB"})
    path = await result(author, body)
    assert await _covered(admin, name, of="results") == {}
    await published(author, path)
    for query in ("", "&country=XA", "&period=2026", "&period=2026&country=XA,XB"):
        assert await _covered(author, name, query, of="results") == {"G": 1, "G.1": 1, "G.2": 1}, query
    for query in ("&country=XB", "&period=2027"):
        assert await _covered(author, name, query, of="results") == {}, query


async def test_tags_that_an_edition_lacks_are_orphans(admin: Caller, secretariat: Caller) -> None:
    name = await _scheme(admin, code("1"), code("2"))
    path = await programme(secretariat)
    for one in ("1", "2", "2"):
        await action(secretariat, path, "core", tags=[{"scheme": name, "code": one}])
    await current(admin, code("1"), code=name, edition="2")
    found = (await secretariat.get(f"{SCHEMES}/{name}/coverage")).json()
    assert [(one["code"], one["actions"]) for one in found["items"]] == [("1", 1)]
    assert found["orphans"] == [
        {"code": "2", "indicators": 0, "results": 0, "actions": 2, "milestones": 0, "reports": 0, "evidence": 0}
    ]
    earlier = (await secretariat.get(f"{SCHEMES}/{name}/coverage?edition=1")).json()
    assert ([one["actions"] for one in earlier["items"]], earlier["orphans"]) == ([1, 2], [])


async def test_a_milestone_counts_by_its_codes(admin: Caller, secretariat: Caller, anonymous: Caller) -> None:
    name = await _scheme(admin, code("G"), code("G.1", parent="G"), code("H"))
    path = await programme(secretariat, visibility="restricted")
    of = await action(secretariat, path, "core", tags=[{"scheme": name, "code": "H"}])
    made = await milestone(secretariat, of, codes=[{"scheme": name, "code": "G.1"}])
    assert await _covered(secretariat, name, of="milestones") == {"G": 1, "G.1": 1}
    assert await _covered(secretariat, name) == {"H": 1}
    assert await _covered(anonymous, name, of="milestones") == {}
    await secretariat.change(path, visibility="public")
    assert await _covered(anonymous, name, of="milestones") == {"G": 1, "G.1": 1}
    await secretariat.change(made, codes=[{"scheme": name, "code": "H"}])
    assert await _covered(secretariat, name, of="milestones") == {"H": 1}


async def test_evidence_counts_by_its_category(caller: Callable[[str | None], Caller]) -> None:
    by = caller("government_xa")
    before = await _covered(by, "iati_document_category", "&country=XA", of="evidence")
    await evidence(by, category="B17")
    await by.step(await evidence(by, category="B17"), "withdraw", reason="The wrong file")
    after = await _covered(by, "iati_document_category", "&country=XA", of="evidence")
    assert after["B17"] - before.get("B17", 0) == 1


async def test_mappings_are_stored_whole_or_not_at_all(
    admin: Caller, caller: Callable[[str | None], Caller], anonymous: Caller
) -> None:
    ours, theirs = await _scheme(admin, code("1"), code("2")), await _scheme(admin, code("1"))

    def one(origin: str, target: str, scheme: str = theirs, **more: Any) -> dict[str, Any]:
        ends = {"from": {"scheme": ours, "code": origin}, "to": {"scheme": scheme, "code": target}}
        return {**ends, "relation": "exact", **more}

    path = f"{SCHEMES}/{ours}/mappings"
    wrong: list[tuple[list[dict[str, Any]], str, str]] = [
        ([one("1", "1"), one("3", "1")], "/1/from/code", "unknown_code"),
        ([one("1", "9")], "/0/to/code", "unknown_code"),
        ([one("1", "1", ours)], "/0/to", "self_relation"),
        ([one("1", "1"), one("1", "1", relation="close")], "/1", "not_unique"),
        ([{**one("1", "1", ours), "from": {"scheme": theirs, "code": "1"}}], "/0/from/scheme", "invalid_value"),
        ([one("1", "1", relation="like")], "/0/relation", "not_one_of"),
    ]  # fmt: skip
    for body, pointer, problem in wrong:
        refused = await admin.post(path, body)
        assert refused.status_code == 422, refused.text
        assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (pointer, problem)
    assert (await anonymous.get(path)).json()["items"] == []
    assert (await caller("government_xa").post(path, [one("1", "1")])).status_code == 403
    source = {"title": "Crosswalk", "date": "2026-05-01", "url": "https://example.org/crosswalk"}
    stored = [one("1", "1", source=source), one("2", "1"), one("2", "free", "own list", relation="related")]
    assert (await admin.post(path, stored)).status_code == 201
    assert (await admin.post(path, [one("2", "1", relation="close")])).status_code == 201
    found = (await anonymous.get(f"{path}?limit=2")).json()
    listed = found["items"] + (await anonymous.get(found["next"])).json()["items"]
    assert listed[0]["from"]["code"] == "1"
    assert {(each["from"]["code"], each["to"]["scheme"]): each["relation"] for each in listed} == {
        ("1", theirs): "exact", ("2", theirs): "close", ("2", "own list"): "related",
    }  # fmt: skip
    assert listed[0]["source"]["title"] == "Crosswalk"
    (only,) = (await anonymous.get(f"{path}?to_scheme={theirs}&from_code=2")).json()["items"]
    assert only["relation"] == "close"
    lines = (await admin.get(f"{SCHEMES}/{ours}/history")).json()["items"]
    assert [line["action"] for line in lines][:2] == ["store_mappings", "store_mappings"]
    hidden = (await admin.get(await draft(admin, code("1")))).json()
    assert (await admin.post(f"{SCHEMES}/{hidden['id']}/mappings", [one("1", "1")])).status_code == 409


async def test_one_mapping_is_stored_and_found_by_its_ends(
    admin: Caller, caller: Callable[[str | None], Caller], anonymous: Caller
) -> None:
    ours, theirs = [await _scheme(admin, code("1"), code("2")) for _ in range(2)]
    path = "/actions/v1/mappings"
    body = {"from": {"scheme": ours, "code": "1"}, "to": {"scheme": theirs, "code": "2"}, "relation": "close"}
    made = await admin.post(path, body)
    assert (made.status_code, made.json()) == (201, {**body, "source": None})
    back = {"from": body["to"], "to": body["from"], "relation": "exact"}
    assert (await admin.post(path, back)).status_code == 201
    assert (await admin.post(path, {**body, "relation": "broad"})).json()["relation"] == "broad"
    assert (await anonymous.get(f"{SCHEMES}/{ours}/mappings")).json()["items"][0]["relation"] == "broad"
    for query, relations in (
        (f"from_scheme={ours}", ["broad"]),
        (f"to_scheme={ours}", ["exact"]),
        (f"from_scheme={theirs}&to_scheme={ours}&from_code=2&to_code=1", ["exact"]),
        (f"from_scheme={ours}&to_code=1", []),
    ):
        found = (await anonymous.get(f"{path}?{query}")).json()["items"]
        assert [one["relation"] for one in found] == relations, query
    first = (await anonymous.get(f"{path}?limit=1")).json()
    assert (await anonymous.get(first["next"])).json()["items"][0] != first["items"][0]
    for change, pointer, problem in (
        ({"from": {"scheme": "none", "code": "1"}}, "/from/scheme", "unknown_reference"),
        ({"from": {"scheme": ours, "code": "3"}}, "/from/code", "unknown_code"),
        ({"to": body["from"]}, "/to", "self_relation"),
        ({"relation": "like"}, "/relation", "not_one_of"),
    ):
        refused = await admin.post(path, {**body, **change})
        assert refused.status_code == 422, refused.text
        assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [(pointer, problem)]
    assert (await caller("government_xa").post(path, body)).status_code == 403
    assert (await anonymous.post(path, body)).status_code == 401
    assert (await anonymous.get(f"{path}?from={ours}")).json()["code"] == "unknown_parameter"
