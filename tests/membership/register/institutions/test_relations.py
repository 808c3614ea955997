"""Relations of institutions over HTTP: stated by one, shown by both."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.callers import Caller
from tests.support.institutions import institution, submitted, verified
from tests.support.membership import INSTITUTIONS
from tests.support.merges import MERGES, merged, read, undone

ABSENT = "019f0000-0000-7000-8000-000000000000"


def to(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "institution_id": record["id"]}


async def shown(caller: Caller, record: dict[str, Any]) -> set[tuple[str, str | None]]:
    response = await caller.get(record["links"]["self"])
    assert response.status_code == 200, response.text
    return {(one["type"], one["institution_id"]) for one in response.json()["relations"]}


async def relate(caller: Caller, record: dict[str, Any], *relations: dict[str, Any]) -> Any:
    etag = (await caller.get(record["links"]["self"])).headers["etag"]
    return await caller.patch(record["links"]["self"], {"relations": list(relations)}, etag=etag)


async def test_both_sides_show_what_one_states(admin: Caller) -> None:
    mother, daughter = await verified(admin, "Quorn University"), await verified(admin, "Quorn School of Law")
    assert mother["relations"] == []
    response = await relate(admin, daughter, to("parent", mother))
    assert response.status_code == 200, response.text
    assert await shown(admin, daughter) == {("parent", mother["id"])}
    assert await shown(admin, mother) == {("child", daughter["id"])}
    (own,) = response.json()["relations"]
    assert own["label"] == "Quorn University"
    history = (await admin.get(f"{daughter['links']['self']}/history")).json()["items"][0]
    assert history["changes"][0]["pointer"].startswith("/relations")
    listed = await admin.get(INSTITUTIONS, params={"q": "quorn school", "include": "relations"})
    assert listed.json()["items"][0]["relations"] == [own]


async def test_what_the_other_side_states_is_kept_until_it_is_left_out(admin: Caller, caller: Any) -> None:
    old, new = await verified(admin, "Vesk Polytechnic", country="XB"), await verified(admin, "Vesk University")
    await relate(admin, old, to("successor", new))
    kept = await relate(admin, new, to("predecessor", old))
    assert kept.json()["version"] == new["version"]
    assert (await relate(caller("author_xa"), new)).status_code == 403
    assert await shown(admin, new) == {("predecessor", old["id"])}
    assert (await relate(admin, new)).status_code == 200
    assert await shown(admin, new) == await shown(admin, old) == set()


async def test_created_with_a_relation(admin: Caller) -> None:
    mother = await verified(admin, "Ostle University")
    created = await admin.post(INSTITUTIONS, institution("Ostle Lab", relations=[to("parent", mother)]))
    assert created.status_code == 201, created.text
    assert await shown(admin, mother) == {("child", created.json()["id"])}


async def test_nobody_is_above_itself(admin: Caller) -> None:
    first, second, third = [await verified(admin, f"Cycle {n} Institute") for n in ("One", "Two", "Three")]
    assert (await relate(admin, first, to("parent", second))).status_code == 200
    assert (await relate(admin, second, to("child", first), to("parent", third))).status_code == 200
    below = to("child", second)
    above = to("parent", second)
    for record, relations in ((third, [below, to("parent", first)]), (first, [above, to("child", third)])):
        refused = await relate(admin, record, *relations)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "relation_cycle"), refused.text
    assert await shown(admin, third) == {("child", second["id"])}


async def test_what_a_hidden_institution_states_closes_no_circle(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    """It is of visibility `network`, and not published."""
    ours, theirs = "https://ror.org/03yrm5c26", "https://ror.org/052gg0110"
    mine = await submitted(admin, "Circle Institute", ror=ours)
    below = [{"type": "parent", "ror": ours, "label": "Circle Institute"}]
    hidden = await submitted(admin, "Hidden Circle", ror=theirs, country="XC", visibility="network", relations=below)
    above = [{"type": "parent", "ror": theirs, "label": "Somebody"}]
    assert (await relate(caller("author_xa"), mine, *above)).status_code == 200
    assert (await relate(caller("author_xa"), mine)).status_code == 200
    refused = await relate(admin, mine, *above, to("child", hidden))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "relation_cycle"), refused.text


async def test_relations_follow_a_merge_and_go_back(admin: Caller) -> None:
    names = ("Mother", "Twin", "Daughter", "Part", "Sister")
    mother, twin, daughter, part, sister = [await verified(admin, f"Merging {name} Institute") for name in names]
    await relate(admin, mother, to("child", part), to("related", twin))
    await relate(admin, daughter, to("parent", mother))
    merge = await merged(admin, twin, mother)
    assert (await admin.get(f"{MERGES}/{merge['id']}")).json()["conflicts"] == []
    for child in (daughter, part):
        assert await shown(admin, child) == {("parent", twin["id"])}
    assert (await relate(admin, sister, to("parent", mother))).status_code == 200
    children = [to("child", child) for child in (daughter, part, sister)]
    assert await shown(admin, twin) == {("child", one["institution_id"]) for one in children}
    for more, code in ((to("parent", daughter), "relation_cycle"), (to("related", mother), "self_relation")):
        refused = await relate(admin, twin, *children, more)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code), refused.text
    await undone(admin, merge)
    assert await shown(admin, mother) == {("child", daughter["id"]), ("child", part["id"]), ("related", twin["id"])}
    assert await shown(admin, twin) == {("child", sister["id"]), ("related", mother["id"])}
    assert await shown(admin, daughter) == {("parent", mother["id"])}


async def test_what_others_state_of_a_merged_institution_is_taken_back_by_its_merge_target(admin: Caller) -> None:
    old, new, lab = [await verified(admin, f"Leaving {name} Institute") for name in ("Old", "New", "Lab")]
    await relate(admin, lab, to("parent", old))
    await merged(admin, new, old)
    kept = await relate(admin, new, to("child", lab))
    assert (kept.status_code, await shown(admin, lab)) == (200, {("parent", new["id"])})
    assert (await read(admin, lab))["version"] == lab["version"] + 1
    assert (await relate(admin, new)).status_code == 200
    assert await shown(admin, lab) == await shown(admin, new) == set()


@pytest.mark.parametrize(
    ("relation", "code"),
    [
        ({"type": "parent"}, "institution_or_ror"),
        ({"type": "cousin", "institution_id": ABSENT}, "not_one_of"),
        ({"type": "parent", "institution_id": ABSENT}, "unknown_reference"),
        ({"type": "parent", "ror": "https://ror.org/02mhbdp95"}, "ror_checksum"),
    ],
)
async def test_bad_relations_are_refused(admin: Caller, relation: dict[str, Any], code: str) -> None:
    record = await verified(admin, "Refusing Institute")
    response = await relate(admin, record, relation)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, code), response.text


async def test_itself_is_refused(admin: Caller) -> None:
    record = await verified(admin, "Lonely Institute")
    response = await relate(admin, record, to("related", record))
    assert response.json()["errors"][0]["code"] == "self_relation"


async def test_who_may_not_know_the_other_neither_names_nor_sees_it(admin: Caller, caller: Any) -> None:
    hidden = await verified(admin, "Veiled Institute", country="XB", visibility="restricted")
    waiting = await submitted(admin, "Waiting Institute", country="XB")
    record = await verified(admin, "Open Institute", visibility="public")
    for other in (hidden, waiting):
        response = await relate(caller("author_xa"), record, to("related", other))
        assert response.json()["errors"][0]["code"] == "unknown_reference", response.text
    await relate(admin, record, to("related", hidden), to("parent", waiting))
    assert await shown(admin, record) == {("related", hidden["id"]), ("parent", waiting["id"])}
    for name in (None, "author_xa"):
        assert await shown(caller(name), record) == set()


async def test_a_former_name_is_found(admin: Caller) -> None:
    former = {"value": "Grelm Imperial Academy", "types": ["former"]}
    names = [{"value": "Grelm State University", "types": ["ror_display"]}, former]
    created = await verified(admin, names=names, visibility="public")
    found = await admin.get(INSTITUTIONS, params={"q": "imperial"})
    assert [item["id"] for item in found.json()["items"]] == [created["id"]]
    match = await admin.get(f"{INSTITUTIONS}/match", params={"affiliation": "Grelm Imperial Academy"})
    assert match.json()["items"][0]["institution"]["id"] == created["id"]
