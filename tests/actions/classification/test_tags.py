"""Codes on actions are checked against the current edition of their scheme."""

from collections.abc import Callable

from tests.actions.programme import ACTIONS, MILESTONES, action, milestone, programme
from tests.actions.schemes import SCHEMES, code, current, draft
from tests.support.callers import Caller


async def test_an_unknown_code_of_a_current_scheme_is_refused(
    secretariat: Caller, caller: Callable[[str | None], Caller]
) -> None:
    path = await programme(secretariat)
    body = {"programme_id": path.rpartition("/")[2], "pillar": "core", "titles": {"en": "Soils"}}
    tags = [
        {"scheme": "sdg", "code": "15.3"},
        {"scheme": "sdg", "code": "15.42"},
        {"scheme": "own list", "code": "anything"},
        {"scheme": "gbf", "code": "15.3"},
    ]
    refused = await secretariat.post(ACTIONS, {**body, "tags": tags})
    assert refused.status_code == 422
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/tags/1/code", "unknown_code"),
        ("/tags/3/code", "unknown_code"),
    ]
    made = await secretariat.post(ACTIONS, {**body, "tags": [tags[0], tags[2]]})
    assert made.status_code == 201
    refused = await secretariat.change(made.json()["links"]["self"], tags=[tags[1]])
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/tags/0/code")


async def test_tags_stay_when_another_edition_lacks_their_code(secretariat: Caller, admin: Caller) -> None:
    name = (await admin.get(await current(admin, code("1"), code("2")))).json()["code"]
    kept = {"scheme": name, "code": "2"}
    path = await action(secretariat, await programme(secretariat), "core", tags=[kept])
    await current(admin, code("1"), code=name, edition="2")
    other = {"scheme": name, "code": "1"}
    assert (await secretariat.change(path, tags=[other, kept])).json()["tags"] == [other, kept]
    assert (await secretariat.change(path, tags=[other])).status_code == 200
    assert (await secretariat.change(path, tags=[kept])).status_code == 422


async def test_a_scheme_without_a_current_edition_is_free_text(secretariat: Caller, admin: Caller) -> None:
    name = (await admin.get(await draft(admin, code("1")))).json()["code"]
    path = await action(secretariat, await programme(secretariat), "core", tags=[{"scheme": name, "code": "2"}])
    assert (await secretariat.get(path)).status_code == 200
    assert (await secretariat.get(f"{SCHEMES}/{name}")).status_code == 404


async def test_actions_are_found_by_the_codes_that_they_have(
    secretariat: Caller, admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    first, second = [(await admin.get(await current(admin, code("1"), code("2")))).json()["code"] for _ in range(2)]
    path = await programme(secretariat, visibility="restricted")
    both = [{"scheme": first, "code": "1"}, {"scheme": second, "code": "2"}]
    one, other = [await action(secretariat, path, "core", tags=tags) for tags in (both, both[1:])]

    async def found(by: Caller, query: str) -> set[str]:
        return {item["links"]["self"] for item in (await by.get(f"{ACTIONS}?{query}")).json()["items"]}

    assert await found(secretariat, f"scheme={second}") == {one, other}
    assert await found(secretariat, f"scheme={first}") == {one}
    assert await found(secretariat, f"scheme={second}&code=2") == {one, other}
    assert await found(secretariat, f"scheme={second}&code=1") == set()
    assert await found(secretariat, f"scheme={first}&code=1&country=XA") == {one}
    assert {one, other} <= await found(secretariat, f"code=2&programme_id={path.rpartition('/')[2]}")
    await secretariat.change(one, tags=both[1:])
    assert await found(secretariat, f"scheme={first}") == set()
    for name in ("government_xb", "applicant"):
        assert await found(caller(name), f"scheme={second}") == set()


async def test_codes_of_milestones_are_checked_and_found(
    secretariat: Caller, admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    name = (await admin.get(await current(admin, code("1"), code("2")))).json()["code"]
    first, second = [{"scheme": name, "code": one} for one in ("1", "2")]
    of = await action(secretariat, await programme(secretariat, visibility="restricted"), "core", tags=[second])
    path = await milestone(secretariat, of, codes=[first])
    bare = await milestone(secretariat, of)
    assert [(await secretariat.get(one)).json()["codes"] for one in (path, bare)] == [[first], []]
    unknown = {"scheme": name, "code": "3"}
    body = {"action_id": of.rpartition("/")[2], "titles": {"en": "Samples"}, "due": "2027-01-31"}
    for refused in (
        await secretariat.post(MILESTONES, {**body, "codes": [first, unknown]}),
        await secretariat.change(path, codes=[first, unknown]),
    ):
        assert refused.status_code == 422
        assert [(each["pointer"], each["code"]) for each in refused.json()["errors"]] == [
            ("/codes/1/code", "unknown_code")
        ]
    await current(admin, code("2"), code=name, edition="2")
    assert (await secretariat.change(path, codes=[second, first])).status_code == 200
    for query, expected in (
        (f"scheme={name}", {path}),
        (f"scheme={name}&code=1", {path}),
        ("scheme=none&code=1", set()),
    ):
        found = (await secretariat.get(f"{MILESTONES}?{query}")).json()["items"]
        assert {item["links"]["self"] for item in found} == expected, query
    assert (await caller("government_xb").get(f"{MILESTONES}?scheme={name}")).json()["items"] == []
