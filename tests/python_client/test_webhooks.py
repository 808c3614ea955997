"""What webhooks receive is verified by both schemes of Standard Webhooks."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
import standardwebhooks
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clients.python.escm_client import InvalidSignature, verify

_BODY = b'{"id": "evt_1", "type": "escm.centres.centre.designated.v1"}'
_AT = 1_800_000_000
_SECRET, _OTHER = (f"whsec_{base64.b64encode(bytes([n]) * 24).decode()}" for n in (1, 2))
_KEY = Ed25519PrivateKey.from_private_bytes(b"3" * 32)
_PUBLIC = f"whpk_{base64.b64encode(_KEY.public_key().public_bytes_raw()).decode()}"


def _v1(secret: str, body: bytes = _BODY, at: int = _AT) -> str:
    made = hmac.new(base64.b64decode(secret[6:]), f"evt_1.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


def _v1a(body: bytes = _BODY) -> str:
    return f"v1a,{base64.b64encode(_KEY.sign(f'evt_1.{_AT}.'.encode() + body)).decode()}"


def _headers(*signatures: str, at: int = _AT) -> dict[str, str]:
    return {"Webhook-Id": "evt_1", "Webhook-Timestamp": str(at), "Webhook-Signature": " ".join(signatures)}


@pytest.mark.parametrize(
    ("signatures", "keys"),
    [
        ([_v1(_SECRET)], _SECRET),
        ([_v1a()], _PUBLIC),
        ([_v1(_OTHER), _v1a(), _v1(_SECRET)], [_SECRET]),
        ([_v1(_OTHER), _v1a()], [_SECRET, _PUBLIC]),
        ([_v1(_OTHER)], [_SECRET, _OTHER]),
    ],
)
def test_a_signature_of_one_of_the_keys_is_enough(signatures: list[str], keys: str | list[str]) -> None:
    assert verify(_BODY, _headers(*signatures), keys, now=_AT + 10) == json.loads(_BODY)
    assert verify(_BODY.decode(), _headers(*signatures), keys, now=_AT - 10)["id"] == "evt_1"


@pytest.mark.parametrize(
    ("headers", "keys"),
    [
        (_headers(_v1(_OTHER)), _SECRET),
        (_headers(_v1(_SECRET, b"{}")), _SECRET),
        (_headers(_v1a(b"{}")), _PUBLIC),
        (_headers(_v1(_SECRET, at=_AT - 1)), _SECRET),
        (_headers(_v1(_SECRET).replace("v1,", "v1a,")), [_SECRET, _PUBLIC]),
        (_headers(_v1a().replace("v1a,", "v1,")), [_SECRET, _PUBLIC]),
        (_headers("v1,%%%", "v1", "", "v2,AAAA"), [_SECRET, _PUBLIC]),
        (_headers(_v1(_SECRET, at=_AT - 301), at=_AT - 301), _SECRET),
        (_headers(_v1(_SECRET, at=_AT + 301), at=_AT + 301), _SECRET),
        ({"webhook-signature": _v1(_SECRET)}, _SECRET),
        ({**_headers(_v1(_SECRET)), "Webhook-Timestamp": "soon"}, _SECRET),
    ],
)
def test_anything_else_is_refused(headers: dict[str, str], keys: str | list[str]) -> None:
    with pytest.raises(InvalidSignature):
        verify(_BODY, headers, keys, now=_AT)


def test_what_the_official_package_signs_is_verified_and_the_other_way_round() -> None:
    at = datetime.now(UTC).replace(microsecond=0)
    official = standardwebhooks.Webhook(_SECRET)
    theirs = _headers(official.sign("evt_1", at, _BODY.decode()), at=int(at.timestamp()))
    assert verify(_BODY, theirs, _SECRET) == json.loads(_BODY)
    with pytest.raises(InvalidSignature):
        verify(_BODY, theirs, _OTHER)
    ours = _headers(_v1(_SECRET, at=int(at.timestamp())), _v1a(), at=int(at.timestamp()))
    assert official.verify(_BODY, ours) == json.loads(_BODY)
