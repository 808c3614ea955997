"""A congress is planned, held or cancelled, and everybody reads a public one."""

from typing import Any
from uuid import uuid4

import pytest

from shared.contracts import membership as facts
from shared.database.pool import Database
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.facts import deliver
from tests.support.institutions import submitted
from tests.support.membership import CONGRESSES, congress, planned
from tests.support.merges import merged, undone

_LINK = {"kind": "indico", "url": "https://indico.example/event/1"}


async def test_a_congress_has_a_life(admin: Caller, anonymous: Caller) -> None:
    figures = {"participants": 1200, "countries": 60, "as_of": "2022-12-31", "source": "Press release"}
    body = congress(links=[_LINK], published_figures=[figures], visibility="public", series="World forum")
    made = (await admin.post(CONGRESSES, body)).json()
    path = made["links"]["self"]
    public = (await anonymous.get(path)).json()
    assert (public["status"], public["code"], public["series"]) == ("planned", body["code"], "World forum")
    assert public["links"] == {"self": path, "pages": [_LINK]}
    assert public["published_figures"] == [{"organisations": None, **figures}]
    assert (await anonymous.get(f"{path}/history")).status_code == 401
    held = await admin.step(path, "hold")
    assert (held.status_code, held.json()["status"]) == (200, "held")
    assert (await admin.step(path, "cancel")).status_code == 409
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["hold", "create"]


async def test_a_congress_is_held_from_its_first_day_on(admin: Caller) -> None:
    path = (await admin.post(CONGRESSES, congress(starts="2999-01-01"))).json()["links"]["self"]
    refused = await admin.step(path, "hold")
    assert (refused.status_code, refused.json()["reason"]) == (409, "congress_not_begun")
    assert (await admin.change(path, starts=today().isoformat())).status_code == 200
    assert (await admin.step(path, "hold")).status_code == 200


async def test_an_unpublished_congress_is_hidden(admin: Caller, caller: Any, anonymous: Caller) -> None:
    made = (await admin.post(CONGRESSES, congress(country="XB", visibility="restricted"))).json()
    path = made["links"]["self"]
    assert (await anonymous.get(path)).status_code == 404
    assert (await caller("author_xa").get(path)).status_code == 404
    assert (await caller("author_xb").get(path)).status_code == 200
    assert (await admin.change(path, visibility="public")).status_code == 200
    assert (await anonymous.get(path)).status_code == 200
    assert (await admin.change(path, visibility="network")).status_code == 200
    assert (await anonymous.get(path)).status_code == 404


async def test_a_code_is_unique_and_stays(admin: Caller) -> None:
    body = congress()
    path = (await admin.post(CONGRESSES, body)).json()["links"]["self"]
    taken = await admin.post(CONGRESSES, body)
    assert (taken.status_code, taken.json()["errors"][0]["pointer"]) == (409, "/code")
    changed = await admin.change(path, code="OTHER")
    assert (changed.status_code, changed.json()["errors"][0]["code"]) == (422, "unknown_field")


async def test_an_online_congress_may_belong_to_no_country(admin: Caller, caller: Any) -> None:
    made = await admin.post(CONGRESSES, congress(country=None, mode="online"))
    assert (made.status_code, made.json()["country"]) == (201, None)
    refused = await caller("officer").post(CONGRESSES, congress(country=None, mode="online"))
    assert refused.status_code == 403


async def test_an_officer_works_in_their_countries(caller: Any, admin: Caller) -> None:
    officer = caller("officer")
    made = (await officer.post(CONGRESSES, congress(country="XA"))).json()
    path = made["links"]["self"]
    assert (await officer.change(path, country="XB")).status_code == 200
    assert (await officer.change(path, country="XC")).status_code == 403
    assert (await caller("author_xb").change(path, place="Port")).status_code == 403


async def test_lists_find_congresses(admin: Caller, anonymous: Caller) -> None:
    series, word = f"Series {uuid4().hex}", uuid4().hex
    public = congress(series=series, titles={"fr": f"Congrès {word}"}, visibility="public")
    made = (await admin.post(CONGRESSES, public)).json()
    await admin.post(CONGRESSES, congress(series=series, visibility="network"))
    for query in (f"series={series}", f"code={made['code']}", f"q=congres {word[:12]}"):
        found = (await anonymous.get(f"{CONGRESSES}?{query}")).json()["items"]
        assert [one["id"] for one in found] == [made["id"]], query
    assert len((await admin.get(f"{CONGRESSES}?series={series}")).json()["items"]) == 2
    assert (await anonymous.get(f"{CONGRESSES}?mode=x")).status_code == 400


@pytest.mark.parametrize(
    ("field", "value", "pointer", "code"),
    [
        ("starts", "2026-02-30", "/starts", "invalid_format"),
        ("starts", "0000-01-01", "/starts", "invalid_format"),
        ("starts", "2026-01-01T00:00:00Z", "/starts", "invalid_format"),
        ("starts", 20260101, "/starts", "invalid_format"),
        ("ends", "2025-12-31", "/ends", "invalid_date"),
        ("code", "lower", "/code", "invalid_format"),
        ("code", "A" * 41, "/code", "invalid_format"),
        ("code", "=CMD()", "/code", "invalid_format"),
        ("titles", {}, "/titles", "too_short"),
        ("titles", {"en": "\0"}, "/titles/en", "invalid_text"),
        ("mode", "virtual", "/mode", "not_one_of"),
        ("country", "QQ", "/country", "unknown_country"),
        ("links", [{"kind": "web", "url": "http://example.org/"}], "/links/0/url", "invalid_value"),
        ("links", [{"kind": "web", "url": "javascript:alert(1)"}], "/links/0/url", "invalid_value"),
        ("links", [{"kind": "blog", "url": "https://example.org/"}], "/links/0/kind", "not_one_of"),
        ("published_figures", [{"as_of": "2026-01-01", "source": "x", "participants": -1}],
         "/published_figures/0/participants", "out_of_range"),
        ("host_institution_id", "0199aaaa-0000-7000-8000-000000000000", "/host_institution_id", "unknown_reference"),
        ("status", "held", "/status", "unknown_field"),
    ],
)  # fmt: skip
async def test_bad_input_is_refused(admin: Caller, field: str, value: Any, pointer: str, code: str) -> None:
    refused = await admin.post(CONGRESSES, {**congress(starts="2026-01-01"), field: value})
    assert refused.status_code == 422, refused.text
    error = refused.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)


async def test_the_host_follows_merges(admin: Caller, database: Database) -> None:
    winner, loser = [await submitted(admin) for _ in range(2)]
    path = (await planned(admin, host_institution_id=loser["id"]))["links"]["self"]
    merge = await merged(admin, winner, loser)
    await deliver(database, facts.INSTITUTION_MERGED, loser["id"])
    assert (await admin.get(path)).json()["host_institution_id"] == winner["id"]
    later = await planned(admin, host_institution_id=loser["id"])
    assert later["host_institution_id"] == winner["id"]
    await undone(admin, merge)
    await deliver(database, facts.INSTITUTION_UNMERGED, loser["id"])
    assert (await admin.get(path)).json()["host_institution_id"] == loser["id"]
