"""The completeness of a programme: the centre and three pillars, by the conditions of the country's stage."""

from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg

from tests.actions.neighbours import change, enter
from tests.actions.programme import PILLARS, PROGRAMMES, action, approved, steps
from tests.support.callers import Caller

MISSING = {"core": "centre_missing", **dict.fromkeys(PILLARS, "actions_missing")}


async def completeness(by: Caller, path: str) -> tuple[int, dict[str, str | None]]:
    """The value, and what is missing of each element."""
    shown: dict[str, Any] = (await by.get(path)).json()["completeness"]
    assert [element["met"] for element in shown["elements"]] == [e["reason"] is None for e in shown["elements"]]
    assert [element["met"] for element in shown["elements"]] == [e["since"] is not None for e in shown["elements"]]
    assert (shown["of"], shown["value"]) == (4, sum(element["met"] for element in shown["elements"]))
    return shown["value"], {element["key"]: element["reason"] for element in shown["elements"]}


async def test_each_element_counts_while_it_is_there(
    admin: Caller, superuser: asyncpg.Connection, caller: Callable[[str | None], Caller]
) -> None:
    plan = await approved(admin, superuser, "PW", visibility="public")
    assert await completeness(admin, plan) == (0, MISSING)
    works = [
        work["links"]["self"]
        for work in (await admin.get(f"/actions/v1/actions?programme_id={plan.rsplit('/', 1)[1]}")).json()["items"]
    ]
    for number, work in enumerate(works, 1):
        await steps(admin, work, "approve")
        assert (await completeness(admin, plan))[0] == number - 1
        await steps(admin, work, "start")
        assert (await completeness(admin, plan))[0] == number
    assert await completeness(admin, plan) == (3, {**dict.fromkeys(MISSING), "core": "centre_missing"})

    registered = {"registration_number": "ESNRC-PW-01", "registration_serial": 1, "designated_on": date(2026, 5, 1)}
    centre = await enter(
        superuser, "centre_centre", country="PW", visibility="restricted", status="active", **registered
    )
    for reader in ("admin", "author_xa", "applicant", None):
        assert await completeness(caller(reader), plan) == (4, dict.fromkeys(MISSING)), reader
        listed = (await caller(reader).get(f"{PROGRAMMES}?country=PW")).json()["items"]
        assert [item["completeness"]["elements"][0]["since"] for item in listed] == ["2026-05-01"], reader

    await change(superuser, "centre_centre", centre, status="suspended")
    await steps(admin, works[0], "suspend", reason="Flood")
    assert (await completeness(admin, plan))[0] == 2
    await steps(admin, works[0], "resume")
    await steps(admin, works[0], "finish", "close")
    assert await completeness(admin, plan) == (3, {**dict.fromkeys(MISSING), "core": "centre_missing"})


async def test_a_new_programme_and_every_way_out_show_it(admin: Caller) -> None:
    code = (await admin.get("/actions/v1/frameworks")).json()["items"][0]["code"]
    made = await admin.post(PROGRAMMES, {"country": "MH", "framework": code})
    assert (made.status_code, made.json()["completeness"]["value"]) == (201, 0), made.text
    path = made.json()["links"]["self"]
    work = await action(admin, path, "action-1")
    assert (await steps(admin, work, "approve"))["status"] == "planned"
    read = await admin.get(path)
    assert read.json()["completeness"] == made.json()["completeness"]
    changed = await admin.request(
        "PATCH", path, json={"visibility": "public"}, headers={"If-Match": read.headers["etag"]}
    )
    assert changed.json()["completeness"]["value"] == 0
    picked = await admin.get(f"{PROGRAMMES}?country=MH&fields=completeness")
    assert picked.json()["items"][0]["completeness"]["of"] == 4
    for file_format in ("ndjson", "csv"):
        assert "centre_missing" in (await admin.get(f"{PROGRAMMES}?country=MH&format={file_format}")).text
