"""Exports of requests for support: what the list shows its caller, in each format and by its filters."""

import csv
import io
from collections.abc import Callable
from uuid import uuid4

import httpx
import orjson
import pytest

from tests.actions.programme import programme
from tests.support.callers import Caller
from tests.support.imports import Importer
from tests.support.requests import DOCUMENT, matching, request

EXPORTS = "/actions/v1/exports"
_GRANTED = ("documents", "delivery_document", "rating", "rating_text", "clock")


async def _exported(by: Importer, media: str = "csv", **filters: str) -> dict[str, dict[str, str]]:
    """The lines of an export, by id."""
    wish = {"resource": "support_requests", "format": media, "filters": filters}
    response = await by.caller.post(EXPORTS, wish)
    assert response.status_code == 202, response.text
    job = await by.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    content = (await by.caller.get(job["result_url"])).content
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    found = lines if media == "csv" else map(orjson.loads, content.splitlines())
    return {line["id"]: line for line in found}


@pytest.mark.parametrize("media", ["csv", "ndjson"])
async def test_requests_are_exported_by_the_filters_of_their_list(
    importer: Callable[[str], Importer], admin: Caller, media: str
) -> None:
    word = f"peat{uuid4().hex[:8]}"
    plan = (await programme(admin))[-36:]
    more = {"programme_id": plan, "keywords": [word, "maps"], "codes": [{"scheme": "sdg", "code": "15.3"}]}
    data = (await request(admin, kind="data", mode="onsite", **more))[-36:]
    advice = (await matching(admin, kind="advice", documents=[DOCUMENT], titles={"fr": "Tourbières"}))[-36:]
    office = importer("admin")
    every = await _exported(office, media, country="XA")
    assert {data, advice} <= every.keys()
    line, shown = every[data], (await admin.get(f"/actions/v1/support_requests/{data}")).json()
    for name in ("ref", "status", "country", "visibility", "kind", "mode", "programme_id"):
        assert line[name] == shown[name]
    for name in ("titles", "keywords", "codes"):
        assert orjson.loads(line[name]) == shown[name]
    assert (line["documents"], line["rating"]) == ("[]", "")
    assert [one["title"] for one in orjson.loads(every[advice]["documents"])] == [DOCUMENT["title"]]
    for filters in ({"kind": "data"}, {"mode": "onsite"}, {"status": "draft"}, {"scheme": "sdg", "code": "15.3"}):
        found = await _exported(office, media, country="XA", **filters)
        assert (data in found, advice in found) == (True, False), filters
    assert await _exported(office, media, country="XC", kind="data") == {}


async def test_strangers_export_only_what_is_public(
    importer: Callable[[str], Importer], admin: Caller, actions: httpx.AsyncClient
) -> None:
    secret = f"Secret {uuid4()}"
    asked = {"documents": [{**DOCUMENT, "title": secret}], "need": {"en": secret}}
    draft = (await request(admin, visibility="public", **asked))[-36:]
    hidden = (await matching(admin, **asked))[-36:]
    shown = (await matching(admin, visibility="public", documents=asked["documents"]))[-36:]
    stranger, office = importer("author_xb"), importer("admin")
    for media in ("csv", "ndjson"):
        found = await _exported(stranger, media, country="XA")
        assert found.keys() & {draft, hidden, shown} == {shown}
        assert [found[shown].get(name, "") for name in _GRANTED] == [""] * len(_GRANTED)
        assert secret not in str(found)
        whole = await _exported(office, media, country="XA")
        assert {draft, hidden, shown} <= whole.keys()
        assert secret in whole[shown]["documents"]
    nobody = await Caller(actions, None).post(EXPORTS, {"resource": "support_requests", "format": "csv"})
    assert nobody.status_code == 401
