"""Codes on sections of reports: reports are found and counted by them."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from tests.actions.schemes import SCHEMES, code, current
from tests.support.callers import CALLERS, Caller
from tests.support.principals import enter_principal
from tests.support.progress import REPORTS, Reporting, as_delegate, publish, write

Callers = Callable[[str | None], Caller]
_TAGS = "SELECT code, status, visibility FROM action_tag WHERE id = $1::text::uuid ORDER BY code"


async def _scheme(admin: Caller) -> str:
    """The code of a new scheme with G, and G.1 and G.2 below it."""
    path = await current(admin, code("G"), code("G.1", parent="G"), code("G.2", parent="G"))
    return str((await admin.get(path)).json()["code"])


async def _coded(by: Caller, path: str, key: str, scheme: str, *codes: str) -> None:
    response = await by.change(f"{path}/sections/{key}", codes=[{"scheme": scheme, "code": one} for one in codes])
    assert response.status_code == 200, response.text


async def _found(by: Caller, query: str) -> list[str]:
    response = await by.get(f"{REPORTS}?{query}")
    assert response.status_code == 200, response.text
    return [one["links"]["self"] for one in response.json()["items"]]


async def _covered(by: Caller, scheme: str) -> dict[str, int]:
    """The number of reports of each code that has any."""
    response = await by.get(f"{SCHEMES}/{scheme}/coverage?limit=200")
    return {one["code"]: one["reports"] for one in response.json()["items"] if one["reports"]}


async def test_a_report_is_found_by_the_codes_of_its_sections(admin: Caller, caller: Callers) -> None:
    author, scheme = caller("author_xa"), await _scheme(admin)
    path = await (await Reporting.begun(author)).report()
    await _coded(author, path, "summary", scheme, "G.1")
    await _coded(author, path, "outlook", scheme, "G.1", "G.2")
    for query, expected in (
        (f"scheme={scheme}", [path]),
        (f"scheme={scheme}&code=G.2", [path]),
        (f"scheme={scheme}&code=G", []),
        ("scheme=none&code=G.1", []),
    ):
        assert await _found(author, query) == expected, query
    assert await _found(caller("author_xb"), f"scheme={scheme}") == []
    await _coded(author, path, "outlook", scheme)
    assert await _found(author, f"scheme={scheme}&code=G.2") == []
    assert await _found(author, f"scheme={scheme}&code=G.1") == [path]
    unknown = [{"scheme": scheme, "code": "G.1"}, {"scheme": scheme, "code": "G.3"}]
    refused = await author.change(f"{path}/sections/summary", codes=unknown)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/codes/1/code")


async def test_a_report_counts_once_for_a_code_among_those_whom_the_caller_knows(
    admin: Caller, caller: Callers
) -> None:
    author, other, scheme = caller("author_xa"), caller("author_xb"), await _scheme(admin)
    reporting = await Reporting.begun(author)
    path = await reporting.report()
    for key in ("summary", "outlook"):
        await _coded(author, path, key, scheme, "G.1", "G.2")
    assert await _covered(author, scheme) == {"G": 1, "G.1": 1, "G.2": 1}
    assert await _covered(other, scheme) == {}
    await write(author, path, "summary", achieved="Twelve stations are at work.")
    assert (await author.step(path, "submit")).status_code == 200
    await publish(author, path, visibility="network")
    for by, expected in ((other, {"G": 1, "G.1": 1, "G.2": 1}), (caller(None), {})):
        assert await _covered(by, scheme) == expected
    assert await _found(other, f"scheme={scheme}&code=G.1") == [path]
    assert (await admin.change(path, visibility="restricted")).status_code == 200
    assert (await _covered(other, scheme), await _found(other, f"scheme={scheme}")) == ({}, [])
    assert (await admin.step(path, "retract", reason="Wrong numbers")).status_code == 200
    assert (await admin.change(path, visibility="public")).status_code == 200
    assert await _covered(caller(None), scheme) == {"G": 1, "G.1": 1, "G.2": 1}


async def test_parallel_writers_of_sections_keep_each_others_codes(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    author, scheme = caller("author_xa"), await _scheme(admin)
    path = await (await Reporting.begun(author)).report()
    for wanted in (("G.1", "G.2"), ("G.2", "G.1"), ("G", "G.1"), ("G.2", "G")):
        sections = zip(("summary", "outlook"), wanted, strict=True)
        await asyncio.gather(*(_coded(author, path, key, scheme, one) for key, one in sections))
        rows = await superuser.fetch(_TAGS, path[-36:])
        assert [tuple(row) for row in rows] == [(one, "draft", "network") for one in sorted(wanted)]


async def test_codes_written_while_the_visibility_changes_have_the_new_one(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection
) -> None:
    author, scheme = caller("author_xa"), await _scheme(admin)
    path = await (await Reporting.begun(author)).report()
    await _coded(author, path, "outlook", scheme, "G.1")
    for visibility, wanted in (("restricted", ["G.2"]), ("network", []), ("restricted", ["G"]), ("network", ["G.2"])):
        changed, _ = await asyncio.gather(
            author.change(path, visibility=visibility), _coded(author, path, "summary", scheme, *wanted)
        )
        assert changed.status_code == 200, changed.text
        rows = await superuser.fetch(_TAGS, path[-36:])
        assert [tuple(row) for row in rows] == [(one, "draft", visibility) for one in sorted(["G.1", *wanted])]


async def test_a_delegate_gives_codes_to_its_sections(
    admin: Caller, caller: Callers, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, scheme = caller("author_xa"), await _scheme(admin)
    path = await (await Reporting.begun(author)).report()
    await _coded(author, path, "summary", scheme, "G.1")
    delegate = as_delegate(author, path, monkeypatch)
    await enter_principal(superuser, CALLERS[delegate.name])
    delegated = {"account_id": str(CALLERS[delegate.name].id), "sections": ["outlook"]}
    assert (await author.post(f"{path}/delegations", delegated)).status_code == 201
    await _coded(delegate, path, "outlook", scheme, "G.2")
    assert await _covered(author, scheme) == {"G": 1, "G.1": 1, "G.2": 1}
