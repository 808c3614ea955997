"""Frameworks: public reference data of the secretariat."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.support.callers import Caller

PATH = "/actions/v1/frameworks"


def framework(code: str, **more: Any) -> dict[str, Any]:
    pillars = [{"key": f"action-{n}", "titles": {"en": f"Action {n}"}, "order": n} for n in (1, 2, 3)]
    return {"code": code, "core": {"titles": {"en": "Core"}}, "pillars": pillars, "valid_from": "2030-01-01", **more}


async def test_anybody_reads_the_framework_of_2026(anonymous: Caller) -> None:
    listed = (await anonymous.get(f"{PATH}?code={quote('3+1/2026', safe='')}")).json()["items"]
    assert len(listed) == 1
    found = listed[0]
    assert found["core"]["titles"]["en"] == "Core: National Research Centre"
    assert [pillar["key"] for pillar in found["pillars"]] == ["action-1", "action-2", "action-3"]
    for titles in (found["core"]["titles"], *(pillar["titles"] for pillar in found["pillars"])):
        assert set(titles) == {"en", "fr", "es", "ar", "zh", "ru"}
    for address in ("3+1/2026", quote("3+1/2026", safe=""), found["id"], found["ref"]):
        response = await anonymous.get(f"{PATH}/{address}")
        assert response.status_code == 200, address
        assert response.json()["code"] == "3+1/2026"
    assert (await anonymous.get(f"{PATH}/3+1/2027")).status_code == 404
    assert (await anonymous.get(f"{PATH}/{found['id']}/history")).status_code == 401


async def test_the_secretariat_enters_and_changes_one(
    secretariat: Caller, caller: Callable[[str | None], Caller]
) -> None:
    made = await secretariat.post(PATH, framework("3+1/2030"))
    assert made.status_code == 201, made.text
    path = made.json()["links"]["self"]
    changed = await secretariat.patch(path, {"valid_to": "2033-12-31"}, etag=made.headers["etag"])
    assert changed.json()["valid_to"] == "2033-12-31"
    again = await secretariat.post(PATH, framework("3+1/2030"))
    assert again.status_code == 409
    assert again.json()["errors"][0]["pointer"] == "/code"
    assert (await caller("government_xa").post(PATH, framework("3+1/2031"))).status_code == 403
    assert (await secretariat.patch(path, {"code": "3+1/2032"}, etag=changed.headers["etag"])).status_code == 422


async def test_a_framework_has_exactly_three_actions(secretariat: Caller) -> None:
    two = framework("3+1/2034")["pillars"][:2]
    for pillars in (two, [*two, two[0]]):
        response = await secretariat.post(PATH, framework("3+1/2034", pillars=pillars))
        assert response.status_code == 422
