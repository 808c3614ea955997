"""Requests of the Python client: repeated, with a key, a version and a token that holds."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from clients.python.escm_client import (
    Api,
    ApiKey,
    ClientSecret,
    DPoP,
    InvalidRequest,
    TryLater,
    VersionConflict,
)
from clients.python.escm_client.commands.device import Device
from clients.python.escm_client.transport import written
from tests.support.scripted import Scripted, scripted

_RECORD = {"id": "1", "ref": "EXP-000001", "version": 3, "links": {"self": "/membership/v1/experts/1"}}
_TOKEN = {"access_token": "first", "expires_in": 600, "token_type": "Bearer"}


@pytest.fixture
def system() -> Iterator[Scripted]:
    with scripted() as running:
        yield running


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def api(system: Scripted, slept: list[float]) -> Iterator[Api]:
    with Api(system.origin, ApiKey("escm_key"), sleep=slept.append) as api:
        yield api


def test_a_create_that_had_no_response_is_sent_again_under_its_key(api: Api, system: Scripted, slept: list[float]):
    system.cut()
    system.answer(503, {"status": 503, "code": "unavailable"}, Retry_After="2")
    system.answer(409, {"status": 409, "code": "request_in_progress"}, Retry_After="1")
    system.answer(201, _RECORD)
    made: Any = api.membership.experts.create({"names": [{"full": "Once"}], "country": "XA"})
    assert made["ref"] == "EXP-000001"
    assert len({request.headers["idempotency-key"] for request in system.requests}) == 1
    assert len({request.body for request in system.requests}) == 1
    assert (len(system.requests), slept[1:]) == (4, [2.0, 1.0])
    assert 0.5 <= slept[0] <= 1


def test_each_create_has_a_key_of_its_own_unless_one_is_given(api: Api, system: Scripted) -> None:
    for _ in range(3):
        system.answer(201, _RECORD)
    api.membership.experts.create({"names": [], "country": "XA"})
    api.membership.experts.create({"names": [], "country": "XA"})
    api.membership.experts.create({"names": [], "country": "XA"}, key="mine")
    keys = [request.headers["idempotency-key"] for request in system.requests]
    assert (len(set(keys)), keys[2]) == (3, "mine")


def test_it_gives_up_after_its_attempts_and_says_when_to_come_back(api: Api, system: Scripted) -> None:
    for _ in range(5):
        system.answer(429, {"status": 429, "code": "rate_limited", "title": "Too many"}, Retry_After="7")
    with pytest.raises(TryLater) as raised:
        api.get("/access/v1/me")
    assert (raised.value.code, raised.value.retry_after, len(system.requests)) == ("rate_limited", 7.0, 5)


def test_it_does_not_wait_for_longer_than_two_minutes(api: Api, system: Scripted, slept: list[float]) -> None:
    later = format_datetime(datetime.now(UTC).replace(year=2099), usegmt=True)
    system.answer(503, {"status": 503, "code": "maintenance"}, Retry_After=later)
    with pytest.raises(TryLater):
        api.get("/access/v1/me")
    assert slept == []


def test_a_wrong_request_is_not_repeated_and_its_fields_are_named(api: Api, system: Scripted) -> None:
    errors = [{"pointer": "/orcid", "code": "orcid_checksum", "detail": "Not an ORCID iD."}]
    system.answer(422, {"status": 422, "code": "validation_failed", "title": "Wrong", "errors": errors})
    with pytest.raises(InvalidRequest, match=r"422 validation_failed: Wrong /orcid: Not an ORCID iD."):
        api.membership.experts.create({"names": [], "country": "XA"})
    assert len(system.requests) == 1


def test_a_change_is_for_the_version_that_was_read(api: Api, system: Scripted) -> None:
    system.answer(412, {"status": 412, "code": "version_conflict", "current_etag": '"5.aa"'})
    with pytest.raises(VersionConflict):
        api.membership.experts.update(_RECORD, {"keywords": ["soil"]})  # type: ignore[arg-type]
    system.answer(412, {"status": 412, "code": "version_conflict", "current_etag": '"5.aa"'})
    system.answer(200, {**_RECORD, "version": 6})
    changed: Any = api.membership.experts.update(_RECORD, {"keywords": ["soil"]}, reread=True)  # type: ignore[arg-type]
    assert [request.headers["if-match"] for request in system.requests] == ['"3"', '"3"', '"5.aa"']
    assert system.requests[0].headers["content-type"] == "application/merge-patch+json"
    assert changed["version"] == 6


def test_a_record_that_is_named_by_its_ref_is_read_for_its_version(api: Api, system: Scripted) -> None:
    system.answer(200, _RECORD, ETag='"4.bb"')
    system.answer(200, _RECORD)
    api.membership.experts.do("EXP-000001", "approve", reason="Complete.")
    read, step = system.requests
    assert (read.method, read.path) == ("GET", "/membership/v1/experts/EXP-000001")
    assert step.path == "/membership/v1/experts/EXP-000001/transitions"
    assert (step.headers["if-match"], json.loads(step.body)) == ('"4.bb"', {"action": "approve", "reason": "Complete."})


def test_lists_go_on_by_next_and_by_next_after(api: Api, system: Scripted) -> None:
    system.answer(200, {"items": [1, 2], "next": "/membership/v1/experts?cursor=x"})
    system.answer(200, {"items": [3], "next": None})
    assert [*api.membership.experts.list(country=["XA", "XB"], q=None)] == [1, 2, 3]
    system.answer(200, {"items": [1], "next_after": "a"})
    system.answer(200, {"items": [], "next_after": "b"})
    assert [*api.access.audit.list()] == [1]
    paths = [request.path for request in system.requests]
    assert paths[:2] == ["/membership/v1/experts?country=XA%2CXB", "/membership/v1/experts?cursor=x"]
    assert paths[2:] == ["/access/v1/audit", "/access/v1/audit?after=a"]


def test_tokens_are_renewed_before_they_end_and_when_they_are_refused(system: Scripted) -> None:
    with Api(system.origin, ClientSecret("id", "secret")) as api:
        system.answer(200, {**_TOKEN, "expires_in": 20})
        system.answer(200, {"principal": "client"})
        system.answer(200, {**_TOKEN, "access_token": "second"})
        system.answer(401, {"status": 401, "code": "invalid_token"})
        system.answer(200, {**_TOKEN, "access_token": "third"})
        system.answer(200, {"principal": "client"})
        api.whoami()
        assert api.whoami() == {"principal": "client"}
    sent = [request.headers.get("authorization") for request in system.requests]
    assert sent == [None, "Bearer first", None, "Bearer second", None, "Bearer third"]


def test_a_key_that_is_refused_is_not_sent_again(api: Api, system: Scripted) -> None:
    system.answer(401, {"status": 401, "code": "invalid_token"})
    with pytest.raises(Exception, match="401 invalid_token"):
        api.whoami()
    assert [request.headers["authorization"] for request in system.requests] == ["Bearer escm_key"]


def test_parameters_are_written_as_the_api_reads_them() -> None:
    at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    given = {"from_": date(2026, 1, 2), "updated_after": at, "is": True, "types": ["a", "b"], "q": None, "limit": 5}
    assert written(given) == {
        "from": "2026-01-02", "updated_after": "2026-12-01T10:00:00Z", "is": "true", "types": "a,b", "limit": "5"
    }  # fmt: skip


_CODES = {"device_code": "d", "user_code": "BCDF-GHJK", "verification_uri": "http://escm.test/device", "interval": 5}


def test_a_device_waits_until_the_person_has_decided(system: Scripted, slept: list[float]) -> None:
    shown: list[tuple[str, str]] = []
    kept: list[dict[str, Any]] = []
    credentials = Device(lambda address, code: shown.append((address, code)), kept.append)
    with Api(system.origin, credentials, sleep=slept.append) as api:
        system.answer(200, _CODES)
        for code in ("authorization_pending", "slow_down", "authorization_pending"):
            system.answer(400, {"status": 400, "code": code})
        system.answer(200, {**_TOKEN, "refresh_token": "r"})
        system.answer(200, {"principal": "account"})
        assert api.whoami() == {"principal": "account"}
    assert shown == [("http://escm.test/device", "BCDF-GHJK")]
    assert slept == [5, 5, 10, 10]
    assert (kept[0]["refresh_token"], kept[0]["client_id"]) == ("r", "escm-cli")
    forms = [request.body.decode() for request in system.requests[:2]]
    assert forms[0] == "client_id=escm-cli"
    assert "device_code=d" in forms[1]


def test_a_device_that_is_denied_says_so(system: Scripted, slept: list[float]) -> None:
    with Api(system.origin, Device(lambda _address, _code: None), sleep=slept.append) as api:
        system.answer(200, _CODES)
        system.answer(400, {"status": 400, "code": "access_denied", "title": "Denied"})
        with pytest.raises(InvalidRequest, match="access_denied"):
            api.whoami()


def _claims(proof: str) -> dict[str, Any]:
    part = proof.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def test_a_bound_token_is_sent_with_proofs_that_have_the_nonce(system: Scripted) -> None:
    with Api(system.origin, ClientSecret("id", "secret"), dpop=DPoP()) as api:
        system.answer(400, {"status": 400, "code": "use_dpop_nonce"}, DPoP_Nonce="first")
        system.answer(200, {**_TOKEN, "token_type": "DPoP"})
        system.answer(401, {"status": 401, "code": "use_dpop_nonce"}, DPoP_Nonce="second")
        system.answer(200, {"principal": "client"})
        api.get("/access/v1/me", limit=1)
    without, asked, refused, called = system.requests
    proofs = [_claims(request.headers["dpop"]) for request in system.requests]
    assert [proof.get("nonce") for proof in proofs] == [None, "first", "first", "second"]
    assert len({proof["jti"] for proof in proofs}) == 4
    assert (without.path, asked.path) == ("/access/v1/oauth/token",) * 2
    assert refused.headers["authorization"] == called.headers["authorization"] == "DPoP first"
    assert (proofs[3]["htm"], proofs[3]["htu"]) == ("GET", f"{system.origin}/access/v1/me")
    assert "ath" in proofs[3]
    assert "ath" not in proofs[1]
