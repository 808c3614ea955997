"""The source of each field of an expert's record."""

from collections.abc import Callable
from typing import Any

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, entered, expert

At = Callable[[str | None], Caller]


def _by(record: dict[str, Any]) -> dict[str, str]:
    return {name: said["by"] for name, said in record["asserted"].items()}


async def test_the_last_source_of_each_field_is_shown(member: Any, caller: At, admin: Caller) -> None:
    who, record = await member(keywords=["peat"], gender="woman")
    assert set(_by(record).values()) == {"secretariat"}
    assert "orcid" not in record["asserted"]
    assert record["asserted"]["names"]["at"] == record["created_at"]
    path = f"{EXPERTS}/{record['id']}"
    patch = {"keywords": ["mire"], "orcid": "0000-0002-1825-0097", "gender": "woman"}
    changed = (await who.patch(path, patch, etag=(await who.get(path)).headers["etag"])).json()
    assert {name for name, by in _by(changed).items() if by == "self"} == {"keywords", "orcid"}
    assert changed["asserted"]["orcid"]["at"] > record["created_at"]
    author = caller("author_xa")
    again = (await author.patch(path, {"keywords": ["fen"]}, etag=(await author.get(path)).headers["etag"])).json()
    assert (_by(again)["keywords"], _by(again)["orcid"]) == ("government", "self")
    same = (await admin.patch(path, {"keywords": ["fen"]}, etag=(await admin.get(path)).headers["etag"])).json()
    assert same["asserted"] == again["asserted"]


async def test_applicants_speak_for_themselves(newcomer: Caller, admin: Caller) -> None:
    response = await newcomer.post(EXPERTS, expert(emails=[{"value": "own@example.org"}]))
    assert set(_by(response.json()).values()) == {"self"}
    read = await admin.get(response.headers["location"])
    assert read.json()["asserted"] == response.json()["asserted"]


async def test_lists_leave_it_out_and_bodies_cannot_set_it(admin: Caller) -> None:
    record = await entered(admin, country="SM")
    assert "asserted" not in (await admin.get(f"{EXPERTS}?country=SM")).json()["items"][0]
    for field, value in (("asserted", {"names": {"by": "self"}}), ("assignee", record["id"]), ("clock", {})):
        assert (await admin.post(EXPERTS, expert(**{field: value}))).json()["code"] == "unknown_field"
        patched = await admin.patch(f"{EXPERTS}/{record['id']}", {field: value}, etag='"1"')
        assert patched.json()["code"] == "unknown_field"
