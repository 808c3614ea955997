"""A corpus of forged, stale and misdirected tokens: every one is refused, and the honest ones beside them are not."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from shared.auth.keys import Claims, InvalidToken, TokenRules, UnknownKey, public_key, sign, verify
from shared.kernel.principal import PrincipalKind

KEY = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")
P384 = ECKey.generate_key("P-384")
RSA = RSAKey.generate_key(2048)
KEYS = {"k1": public_key(KEY.as_dict(private=False))}
RULES = TokenRules("https://escm.example", "escm")
SUBJECT = UUID("0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33")
NOW = time.time()
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": "k1"}
CLAIMS = {
    "iss": RULES.issuer,
    "aud": RULES.audience,
    "sub": f"client:{SUBJECT}",
    "client_id": "demo",
    "jti": "t1",
    "scope": "membership.*:read",
    "iat": int(NOW),
    "nbf": int(NOW),
    "exp": int(NOW) + 600,
}


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def signed(header: Any = None, claims: Any = None, key: ECKey = KEY) -> str:
    """A token with any header and any payload, and a right ES256 signature over them."""
    covered = f"{b64(text(HEADER if header is None else header))}.{b64(text(CLAIMS if claims is None else claims))}"
    signature = key.private_key.sign(covered.encode(), _ecdsa())  # type: ignore[union-attr]
    return f"{covered}.{b64(_raw(signature))}"


def _ecdsa() -> Any:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    return ECDSA(SHA256())


def _raw(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def hmac_with_public_key(material: bytes) -> str:
    covered = f"{b64(text(HEADER | {'alg': 'HS256'}))}.{b64(text(CLAIMS))}"
    return f"{covered}.{b64(hmac.new(material, covered.encode(), hashlib.sha256).digest())}"


def rsa_signed(algorithm: str) -> str:
    return jws.serialize_compact(HEADER | {"alg": algorithm}, text(CLAIMS), RSA, [algorithm])


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in CLAIMS.items() if name not in names}


def parts(token: str) -> list[str]:
    return token.split(".")


GOOD = signed()
_H, _P, _S = parts(GOOD)
PEM = KEY.as_pem(private=False)
JWK = KEY.as_dict(private=False)

ATTACKS: dict[str, str | Callable[[], str]] = {
    "empty": "",
    "one part": "abc",
    "two parts": f"{_H}.{_P}",
    "four parts": f"{GOOD}.x",
    "five parts as in an encrypted token": f"{_H}.{_P}.{_S}.{_S}.{_S}",
    "empty signature": f"{_H}.{_P}.",
    "empty payload": f"{_H}..{_S}",
    "padding": f"{_H}=.{_P}.{_S}",
    "white space inside": f"{_H}. {_P}.{_S}",
    "white space around": f" {GOOD} ",
    "a line break at the end": f"{GOOD}\n",
    "standard base64": f"{_H}.{_P}.{_S[:-2]}+/",
    "not ASCII": f"{_H}.{_P}.é{_S}",
    "NUL": f"{_H}.{_P}\0.{_S}",
    "none": f"{b64(text(HEADER | {'alg': 'none'}))}.{_P}.{_S}",
    "none without signature": f"{b64(text(HEADER | {'alg': 'none'}))}.{_P}.",
    "None in other case": f"{b64(text(HEADER | {'alg': 'nOnE'}))}.{_P}.{_S}",
    "HS256 keyed with the public key in PEM": lambda: hmac_with_public_key(PEM),
    "HS256 keyed with the public key in JSON": lambda: hmac_with_public_key(text(JWK)),
    "HS256 keyed with nothing": lambda: hmac_with_public_key(b""),
    "RS256": lambda: rsa_signed("RS256"),
    "PS256": lambda: rsa_signed("PS256"),
    "ES384 with a key of its own": lambda: jws.serialize_compact(
        HEADER | {"alg": "ES384"}, text(CLAIMS), P384, ["ES384"]
    ),
    "another key under our name": lambda: signed(key=OTHER),
    "a signature of nought": f"{_H}.{_P}.{b64(bytes(64))}",
    "a signature in DER": lambda: f"{_H}.{_P}.{b64(KEY.private_key.sign(f'{_H}.{_P}'.encode(), _ecdsa()))}",  # type: ignore[union-attr]
    "a shortened signature": f"{_H}.{_P}.{_S[:-6]}",
    "a changed payload": f"{_H}.{b64(text(CLAIMS | {'sub': f'account:{SUBJECT}'}))}.{_S}",
    "a changed header": f"{b64(text(HEADER | {'typ': 'application/at+jwt'}))}.{_P}.{_S}",
    "an unknown key": lambda: signed(HEADER | {"kid": "k2"}),
    "no key named": lambda: signed({"alg": "ES256", "typ": "at+jwt"}),
    "a key named by a number": lambda: signed(HEADER | {"kid": 1}),
    "a key named by a list": lambda: signed(HEADER | {"kid": ["k1"]}),
    "a key named by a path": lambda: signed(HEADER | {"kid": "../../dev/null"}),
    "a key named by SQL": lambda: signed(HEADER | {"kid": "k1' OR '1'='1"}),
    "jwk": lambda: signed(HEADER | {"jwk": OTHER.as_dict(private=False)}, key=OTHER),
    "jku": lambda: signed(HEADER | {"jku": "https://attacker.example/jwks.json"}),
    "x5u": lambda: signed(HEADER | {"x5u": "https://attacker.example/cert.pem"}),
    "x5c": lambda: signed(HEADER | {"x5c": ["MIIB"]}),
    "an unknown critical extension": lambda: signed(HEADER | {"crit": ["x"], "x": 1}),
    "an empty list of critical extensions": lambda: signed(HEADER | {"crit": []}),
    "an unencoded payload": lambda: signed(HEADER | {"crit": ["b64"], "b64": False}),
    "a compressed payload": lambda: signed(HEADER | {"zip": "DEF"}),
    "a header of a megabyte": lambda: signed(HEADER | {"kid": "k" * 1_000_000}),
    "a payload of a megabyte": lambda: signed(claims=CLAIMS | {"scope": "s" * 1_000_000}),
    "a header of 2 KiB": lambda: signed(HEADER | {"kid": "k" * 2048}),
    "a header that is a list": lambda: signed([HEADER]),
    "a header that is no JSON": lambda: signed(b"{alg:ES256}"),
    "a header nested a thousand times": lambda: signed(b"[" * 700),
    "a header that names its algorithm twice": lambda: signed(
        b'{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"k1"}'
    ),
    "a payload that is a list": lambda: signed(claims=[CLAIMS]),
    "a payload that is no JSON": lambda: signed(claims=b"exp=1"),
    "a payload nested four thousand times": lambda: signed(claims=b'{"a":' * 1000 + b"1"),
    "a payload that names its subject twice": lambda: signed(
        claims=text(CLAIMS)[:-1] + f', "sub": "account:{SUBJECT}"'.encode() + b"}"
    ),
    "an ID token": lambda: signed(HEADER | {"typ": "JWT"}),
    "no type": lambda: signed({"alg": "ES256", "kid": "k1"}),
    "a logout token": lambda: signed(HEADER | {"typ": "logout+jwt"}),
    "another issuer": lambda: signed(claims=CLAIMS | {"iss": "https://attacker.example"}),
    "an issuer that begins like ours": lambda: signed(claims=CLAIMS | {"iss": f"{RULES.issuer}.attacker.example"}),
    "no issuer": lambda: signed(claims=without("iss")),
    "a list of issuers": lambda: signed(claims=CLAIMS | {"iss": [RULES.issuer]}),
    "another audience": lambda: signed(claims=CLAIMS | {"aud": "other"}),
    "other audiences": lambda: signed(claims=CLAIMS | {"aud": ["other", 1, None, ["escm"]]}),
    "an audience that holds ours": lambda: signed(claims=CLAIMS | {"aud": "escm escm-other"}),
    "no audience": lambda: signed(claims=without("aud")),
    "expired": lambda: signed(claims=CLAIMS | {"iat": NOW - 700, "nbf": NOW - 700, "exp": NOW - 31}),
    "no expiry": lambda: signed(claims=without("exp")),
    "an expiry that is a text": lambda: signed(claims=CLAIMS | {"exp": str(CLAIMS["exp"])}),
    "an expiry that is true": lambda: signed(claims=CLAIMS | {"exp": True}),
    "an expiry without end": lambda: signed(claims=text(CLAIMS).replace(str(CLAIMS["exp"]).encode(), b"Infinity")),
    "an expiry that is no number": lambda: signed(claims=text(CLAIMS).replace(str(CLAIMS["exp"]).encode(), b"NaN")),
    "an expiry of 400 digits": lambda: signed(claims=text(CLAIMS).replace(str(CLAIMS["exp"]).encode(), b"1e400")),
    "issued in the future": lambda: signed(claims=CLAIMS | {"iat": NOW + 60}),
    "not yet valid": lambda: signed(claims=CLAIMS | {"nbf": NOW + 60}),
    "no time of issue": lambda: signed(claims=without("iat")),
    "expired before it was issued": lambda: signed(claims=CLAIMS | {"iat": NOW, "exp": NOW - 1}),
    "no id of its own": lambda: signed(claims=without("jti")),
    "an id that is a number": lambda: signed(claims=CLAIMS | {"jti": 1}),
    "a session that is a number": lambda: signed(claims=CLAIMS | {"sid": 1}),
    "a session that is no id": lambda: signed(claims=CLAIMS | {"sid": "one"}),
    "no subject": lambda: signed(claims=without("sub")),
    "a subject without a kind": lambda: signed(claims=CLAIMS | {"sub": str(SUBJECT)}),
    "the system as subject": lambda: signed(claims=CLAIMS | {"sub": f"system:{SUBJECT}"}),
    "nobody as subject": lambda: signed(claims=CLAIMS | {"sub": f"anonymous:{SUBJECT}"}),
    "a subject that is no id": lambda: signed(claims=CLAIMS | {"sub": "account:admin"}),
    "a subject that is a list": lambda: signed(claims=CLAIMS | {"sub": [f"account:{SUBJECT}"]}),
}


def test_the_corpus_is_large_enough() -> None:
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attack_is_refused(name: str) -> None:
    attack = ATTACKS[name]
    with pytest.raises(InvalidToken) as refusal:
        verify(attack if isinstance(attack, str) else attack(), KEYS, RULES, NOW)
    assert refusal.value.code == "invalid_token"
    assert refusal.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_our_own_tokens_hold() -> None:
    issued = int(NOW)
    claims = Claims(PrincipalKind.ACCOUNT, SUBJECT, "", "t2", "*:read", issued, issued + 600, "k1")
    assert verify(sign(claims, RULES, KEY), KEYS, RULES, NOW) == claims


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS,
        CLAIMS | {"aud": ["other", "escm"]},
        CLAIMS | {"iat": NOW + 25, "nbf": NOW + 25},
        CLAIMS | {"iat": NOW - 600, "nbf": NOW - 600, "exp": NOW - 25},
        CLAIMS | {"unknown": {"deep": []}},
    ],
)
def test_honest_tokens_hold_with_thirty_seconds_of_skew(claims: dict[str, Any]) -> None:
    assert verify(signed(claims=claims), KEYS, RULES, NOW).subject == SUBJECT


def test_an_unknown_key_is_told_apart_inside_only() -> None:
    with pytest.raises(UnknownKey):
        verify(signed(HEADER | {"kid": "k2"}), KEYS, RULES, NOW)


@pytest.mark.parametrize("key", [OTHER.as_dict(private=True), P384.as_dict(private=False), RSA.as_dict(private=False)])
def test_only_public_keys_of_the_one_kind_are_published(key: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="public half"):
        public_key(key)
