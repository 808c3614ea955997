"""Codes of files of evidence: sent with the file, changed, checked, found, and counted where the file is known."""

import json
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from tests.actions.neighbours import enter
from tests.actions.schemes import SCHEMES, code, current
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.evidence import EVIDENCE, evidence, sent

Callers = Callable[[str | None], Caller]


async def _scheme(admin: Caller) -> str:
    path = await current(admin, code("G"), code("G.1", parent="G"), code("G.2", parent="G"))
    return str((await admin.get(path)).json()["code"])


def _codes(scheme: str, *codes: str) -> list[dict[str, Any]]:
    return [{"scheme": scheme, "code": one} for one in codes]


async def _covered(by: Caller, scheme: str) -> dict[str, int]:
    items = (await by.get(f"{SCHEMES}/{scheme}/coverage")).json()["items"]
    return {one["code"]: one["evidence"] for one in items if one["evidence"]}


async def test_codes_are_sent_with_the_file_changed_and_found(admin: Caller, caller: Callers) -> None:
    author, scheme = caller("author_xa"), await _scheme(admin)
    codes = _codes(scheme, "G.1", "G.2")
    path = await evidence(author, codes=json.dumps(codes))
    one = await evidence(author, codes=json.dumps(codes[0]))
    bare = await evidence(author)
    found = [(await author.get(each)).json()["codes"] for each in (path, one, bare)]
    assert found == [codes, codes[:1], []]
    for query, expected in ((f"scheme={scheme}", {path, one}), (f"scheme={scheme}&code=G.2,G.3", {path})):
        items = (await author.get(f"{EVIDENCE}?{query}")).json()["items"]
        assert {each["links"]["self"] for each in items} == expected, query
    assert await _covered(author, scheme) == {"G": 2, "G.1": 2, "G.2": 1}
    assert (await author.change(one, codes=codes[1:])).json()["codes"] == codes[1:]
    assert await _covered(author, scheme) == {"G": 2, "G.1": 1, "G.2": 2}
    assert await _covered(caller("author_xb"), scheme) == {}
    await author.step(path, "withdraw", reason="The wrong file")
    assert await _covered(author, scheme) == {"G": 1, "G.2": 1}


async def test_a_category_that_is_also_a_code_counts_once(caller: Callers) -> None:
    author, category = caller("author_xa"), "iati_document_category"
    before = (await _covered(author, category)).get("B18", 0)
    path = await evidence(author, category="B18", codes=json.dumps(_codes(category, "B18")))
    assert (await _covered(author, category))["B18"] == before + 1
    assert (await author.change(path, category="B17", codes=[])).status_code == 200
    assert (await _covered(author, category)).get("B18", 0) == before


async def test_wrong_codes_are_refused(admin: Caller, caller: Callers) -> None:
    author, scheme = caller("author_xa"), await _scheme(admin)
    wrong = _codes(scheme, "G.1", "G.3")
    path = await evidence(author, codes=json.dumps(_codes("own list", "x")))
    for refused in (await sent(author, b"Soils.", codes=json.dumps(wrong)), await author.change(path, codes=wrong)):
        assert refused.status_code == 422, refused.text
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
            ("/codes/1/code", "unknown_code")
        ]
    for given, pointer in (
        ("G.1", "/codes"),
        ('["G.1"]', "/codes/0"),
        ('[{"scheme": "sdg"}]', "/codes/0"),
        (json.dumps(_codes("own list", *map(str, range(51)))), "/codes"),
    ):
        refused = await sent(author, b"Soils.", codes=given)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text


async def test_codes_of_the_file_of_a_centre_are_known_where_the_file_is(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = await _scheme(admin)
    own, other = [str(await enter(superuser, "centre_centre", status="active")) for _ in range(2)]
    for name, scope in (("holder", own), ("neighbour", other)):
        by = person(f"{name} {own}", grant("centre_director", "centre", scope))
        monkeypatch.setitem(CALLERS, f"{name} {own}", by)
    holder, neighbour = caller(f"holder {own}"), caller(f"neighbour {own}")
    path = await evidence(holder, scope_id=own, codes=json.dumps(_codes(scheme, "G.1")))
    assert (await holder.change(path, codes=_codes(scheme, "G.2"))).status_code == 200
    for by, counts in ((holder, {"G": 1, "G.2": 1}), (neighbour, {}), (caller("author_xb"), {})):
        assert await _covered(by, scheme) == counts
    items = (await holder.get(f"{EVIDENCE}?scheme={scheme}&code=G.2")).json()["items"]
    assert [one["links"]["self"] for one in items] == [path]
