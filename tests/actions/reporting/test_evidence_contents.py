"""The content of files of evidence: whole, in ranges, by signed addresses, and verified."""

import base64
import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from services.actions.settings import ActionsSettings
from shared.kernel import clock
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.evidence import EVIDENCE, evidence, sent, stored

Callers = Callable[[str | None], Caller]
TEN = b"0123456789"
_LARGE = 3 * (256 << 10) + 1
"""Bytes of a file of several blocks."""


async def test_a_file_is_an_attachment_that_no_browser_runs(caller: Callers) -> None:
    author = caller("author_xa")
    made = (await sent(author, TEN, "Réunion «1».csv")).json()
    path, digest = f"{made['links']['self']}/content", hashlib.sha256(TEN)
    response = await author.get(path)
    assert (response.status_code, response.content) == (200, TEN)
    assert {name: response.headers[name] for name in ("content-type", "content-length", "accept-ranges", "etag")} == {
        "content-type": "text/csv; charset=utf-8",
        "content-length": "10",
        "accept-ranges": "bytes",
        "etag": f'"{digest.hexdigest()}"',
    }
    assert response.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    disposition = "attachment; filename=\"R_union _1_.csv\"; filename*=UTF-8''R%C3%A9union%20%C2%AB1%C2%BB.csv"
    assert response.headers["content-disposition"] == disposition
    assert response.headers["content-security-policy"].startswith("sandbox;")
    assert (response.headers["x-content-type-options"], response.headers["cache-control"]) == ("nosniff", "no-store")
    known = await author.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = await author.request("HEAD", path)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "10")


@pytest.mark.parametrize(
    ("wanted", "found", "shown"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
        ("bytes=-100", TEN, "bytes 0-9/10"),
        ("bytes=0-1,4-5", TEN, None),
        ("lines=1-2", TEN, None),
    ],
)
async def test_one_range_is_a_part_of_the_file(caller: Callers, wanted: str, found: bytes, shown: str | None) -> None:
    author = caller("author_xa")
    path = f"{await evidence(author, TEN)}/content"
    response = await author.get(path, headers={"Range": wanted})
    assert (response.status_code, response.content) == (206 if shown else 200, found)
    assert response.headers.get("content-range") == shown
    assert response.headers["content-length"] == str(len(found))


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=-0", "bytes=5-4", "bytes=a-b", "bytes=-", "bytes"])
async def test_a_range_outside_the_file_is_416(caller: Callers, wanted: str) -> None:
    author = caller("author_xa")
    response = await author.get(f"{await evidence(author, TEN)}/content", headers={"Range": wanted})
    assert (response.status_code, response.json()["code"]) == (416, "range_not_satisfiable")
    assert response.headers["content-range"] == "bytes */10"


async def test_a_range_of_another_file_is_the_whole_file(caller: Callers) -> None:
    author = caller("author_xa")
    path = f"{await evidence(author, TEN)}/content"
    tag = (await author.get(path)).headers["etag"]
    for condition, status in ((tag, 206), (f"W/{tag}", 200), ('"other"', 200), ("Wed, 01 Jan 2020 00:00:00 GMT", 200)):
        response = await author.get(path, headers={"Range": "bytes=0-1", "If-Range": condition})
        assert response.status_code == status, condition


async def test_a_range_of_a_large_file_crosses_blocks(caller: Callers) -> None:
    author, content = caller("author_xa"), bytes(97 + number % 26 for number in range(_LARGE))
    path = f"{await evidence(author, content)}/content"
    assert (await author.get(path)).content == content
    part = await author.get(path, headers={"Range": f"bytes=1000-{_LARGE - 2}"})
    assert part.content == content[1000:-1]


async def test_a_restricted_file_of_another_country_does_not_exist(caller: Callers) -> None:
    path = await evidence(caller("author_xa"), TEN)
    for address in (path, f"{path}/content", f"{path}/download_url", f"{path}/history"):
        assert (await caller("author_xb").get(address)).status_code == 404, address
        assert (await caller(None).get(address)).status_code == 401, address
    public = await evidence(caller("government_xa"), TEN, visibility="public")
    assert (await caller("applicant").get(f"{public}/content")).content == TEN


async def test_a_signed_address_needs_no_token(caller: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    author, anybody = caller("author_xa"), caller(None)
    path = await evidence(author, TEN)
    response = await author.get(f"{path}/download_url?expires_in=60")
    signed = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert (signed["size"], signed["sha256"]) == (10, hashlib.sha256(TEN).hexdigest())
    assert (await anybody.get(signed["url"])).content == TEN
    assert (await anybody.get(signed["url"], headers={"Range": "bytes=1-2"})).content == b"12"
    for other in (signed["url"][:-1] + "_", signed["url"] + "A", signed["url"][:-40], f"{EVIDENCE}/files/x"):
        altered = await anybody.get(other)
        assert (altered.status_code, altered.json()["code"]) == (403, "signature_not_valid"), other
    monkeypatch.setattr("shared.configuration.tickets.now", lambda: clock.now() + timedelta(seconds=61))
    expired = await anybody.get(signed["url"])
    assert (expired.status_code, expired.json()["code"]) == (410, "link_expired")


@pytest.mark.parametrize("seconds", ["59", "3601", "x", "", "٣٠٠"])
async def test_an_address_expires_within_an_hour(caller: Callers, seconds: str) -> None:
    author = caller("author_xa")
    response = await author.get(f"{await evidence(author, TEN)}/download_url", params={"expires_in": seconds})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter")


async def test_a_signed_address_ends_with_the_right_of_its_caller(
    caller: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, name = await evidence(caller("author_xa"), TEN), f"guest {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("national_author", "country", "XA")))
    url = (await caller("author_xa").known_as(name).get(f"{path}/download_url")).json()["url"]
    assert (await caller(None).get(url)).status_code == 200
    monkeypatch.setitem(CALLERS, name, person(name, grant("national_author", "country", "XB")))
    assert (await caller(None).get(url)).status_code == 404
    monkeypatch.delitem(CALLERS, name)
    assert (await caller(None).get(url)).status_code == 404


@pytest.mark.parametrize("damage", ["altered", "lost"])
async def test_a_damaged_file_is_found_by_its_reader(caller: Callers, settings: ActionsSettings, damage: str) -> None:
    author, content = caller("author_xa"), uuid4().bytes.hex().encode()
    path = await evidence(author, content)
    file = stored(settings)[hashlib.sha256(content).hexdigest()]
    if damage == "lost":
        file.unlink()
    else:
        file.write_bytes(b"x" * len(content))
    for _ in range(2):
        response = await author.get(f"{path}/content")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    record = (await author.get(path)).json()
    assert record["integrity"]["state"] == "damaged"
    assert record["integrity"]["checked_at"]
    lines = (await author.get(f"{path}/history")).json()["items"]
    assert [(line["action"], line["by"]["kind"]) for line in lines] == [("check", "system"), ("create", "account")]
    await evidence(author, content)
    assert (await author.get(f"{path}/content")).content == content


async def test_an_altered_large_file_ends_before_its_last_block(caller: Callers, settings: ActionsSettings) -> None:
    author = caller("author_xa")
    content = uuid4().hex.encode() * (_LARGE // 32)
    path = await evidence(author, content)
    stored(settings)[hashlib.sha256(content).hexdigest()].write_bytes(b"x" * len(content))
    with pytest.raises(Exception, match=r".") as cut:
        await author.get(f"{path}/content")
    assert type(cut.value).__name__ == "ResponseCutShort"
    assert (await author.get(path)).json()["integrity"]["state"] == "damaged"
