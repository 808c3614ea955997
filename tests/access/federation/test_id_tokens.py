"""Forty ID tokens of a hostile or broken provider, each refused over HTTP, and those that are taken."""

import base64
import hmac
import json
import time
import warnings
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.access.federation.connecting import Connected
from tests.support.providers import CLIENT, Claims, FakeProvider, Forge, signed
from tests.support.signing_in import SIGN_IN

STRANGER = ECKey.generate_key("P-256", {"kid": "ec"})
with warnings.catch_warnings(action="ignore"):
    _SHORT = RSAKey.generate_key(1024, {"kid": "short"})


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _changed(**changed: Any) -> Forge:
    """A token with other claims, signed as it should be; a claim of None is left out."""

    def forge(fake: FakeProvider, claims: Claims) -> str:
        given = {name: value(claims) if callable(value) else value for name, value in changed.items()}
        whole = {name: value for name, value in {**claims, **given}.items() if value is not None}
        return signed(whole, fake.keys["ES256"])

    return forge


def _headed(**header: Any) -> Forge:
    return lambda fake, claims: signed(claims, fake.keys["ES256"], **header)


def raw(header: dict[str, Any], sign: Callable[[FakeProvider, bytes], bytes] = lambda _fake, _text: b"") -> Forge:
    """A token with this header, and any signature."""

    def forge(fake: FakeProvider, claims: Claims) -> str:
        text = f"{_b64(json.dumps(header).encode())}.{_b64(json.dumps(claims).encode())}"
        return f"{text}.{_b64(sign(fake, text.encode()))}"

    return forge


def _hmac_of_public_key(fake: FakeProvider, text: bytes) -> bytes:
    public = fake.keys["RS256"].public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return hmac.digest(public, text, "sha256")


def _tampered(fake: FakeProvider, claims: Claims) -> str:
    header, _, signature = signed(claims, fake.keys["ES256"]).split(".")
    return f"{header}.{_b64(json.dumps({**claims, 'sub': 'somebody else'}).encode())}.{signature}"


def _cut(fake: FakeProvider, claims: Claims) -> str:
    return signed(claims, fake.keys["ES256"]).rpartition(".")[0] + "."


def _twice(fake: FakeProvider, claims: Claims) -> str:
    text = json.dumps(claims)[:-1] + ', "sub": "somebody else"}'
    header = {"alg": "ES256", "kid": "ec"}
    return jws.serialize_compact(header, text, fake.keys["ES256"], ["ES256"])


def _short(fake: FakeProvider, claims: Claims) -> str:
    fake.published = [{**_SHORT.as_dict(private=False), "kid": "short"}]
    with warnings.catch_warnings(action="ignore"):
        return signed(claims, _SHORT, "RS256")


HOSTILE: dict[str, Forge] = {
    "no signature": raw({"alg": "none"}),
    "no signature, in capitals": raw({"alg": "None", "kid": "ec"}),
    "the public key as a secret": raw({"alg": "HS256", "kid": "rsa"}, _hmac_of_public_key),
    "an empty signature": _cut,
    "another payload": _tampered,
    "another algorithm of the key": lambda fake, claims: signed(claims, fake.keys["RS256"], "RS512"),
    "a key of another kind": raw({"alg": "RS256", "kid": "ec"}, lambda _fake, _text: b"x" * 256),
    "the key of a stranger": lambda _fake, claims: signed(claims, STRANGER),
    "an unknown key": _headed(kid="unknown"),
    "a key in the header": _headed(jwk=STRANGER.as_dict(private=False)),
    "an address of keys": _headed(jku="https://evil.example/keys"),
    "an address of a certificate": _headed(x5u="https://evil.example/x"),
    "a certificate": _headed(x5c=["MIIB"]),
    "an extension": raw({"alg": "ES256", "kid": "ec", "crit": ["x"], "x": 1}, lambda _fake, _text: b"x" * 64),
    "a compressed payload": _headed(zip="DEF"),
    "an access token": _headed(typ="at+jwt"),
    "a logout token": _headed(typ="logout+jwt"),
    "a short RSA key": _short,
    "another issuer": _changed(iss="https://id.gov.example"),
    "the issuer with a slash": _changed(iss=lambda claims: f"{claims['iss']}/"),
    "no issuer": _changed(iss=None),
    "an issuer in a list": _changed(iss=lambda claims: [claims["iss"]]),
    "another audience": _changed(aud="another-client"),
    "no audience": _changed(aud=None),
    "a further audience": _changed(aud=[CLIENT, "another-client"], azp=CLIENT),
    "another authorized party": _changed(azp="another-client"),
    "another nonce": _changed(nonce="x"),
    "no nonce": _changed(nonce=None),
    "a nonce that is no text": _changed(nonce=lambda claims: [claims["nonce"]]),
    "late": _changed(iat=lambda _claims: int(time.time()) - 400, exp=lambda _claims: int(time.time()) - 100),
    "no expiry": _changed(exp=None),
    "an expiry in a text": _changed(exp="9999999999"),
    "of tomorrow": _changed(
        iat=lambda _claims: int(time.time()) + 86_400, exp=lambda _claims: int(time.time()) + 90_000
    ),
    "of yesterday": _changed(iat=lambda _claims: int(time.time()) - 86_400),
    "no time": _changed(iat=None),
    "expired before it was issued": _changed(exp=lambda claims: claims["iat"] - 1),
    "a sign-in of tomorrow": _changed(auth_time=lambda _claims: int(time.time()) + 86_400),
    "the digest of another access token": _changed(at_hash="x" * 22),
    "no subject": _changed(sub=None),
    "an empty subject": _changed(sub=""),
    "a number as subject": _changed(sub=7),
    "a long subject": _changed(sub="x" * 256),
    "a subject with a line break": _changed(sub="x\ny"),
    "a claim twice": _twice,
    "too long": _changed(filler="x" * 20_000),
    "no object": lambda fake, _claims: signed(["x"], fake.keys["ES256"]),
    "four parts": lambda fake, claims: signed(claims, fake.keys["ES256"]) + ".x",
    "no token": lambda _fake, _claims: "",
}


def test_the_corpus_has_forty() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_id_token_signs_nobody_in(connected: Connected, fake: FakeProvider, name: str) -> None:
    fake.forge = HOSTILE[name]
    visitor = connected.visitor()
    claims = {"email": f"{uuid4().hex}@example.org", "email_verified": True}
    refused = await connected.arrives(visitor, uuid4().hex, **claims)
    assert (refused.status_code, "location" in refused.headers) == (400, False), refused.text
    assert (await visitor.get("/access/account")).headers["location"] == SIGN_IN


async def test_a_token_of_another_sign_in_is_refused(connected: Connected, fake: FakeProvider) -> None:
    claims, seen = {"email": f"{uuid4().hex}@example.org", "email_verified": True}, []

    def keep(provider: FakeProvider, whole: Claims) -> str:
        seen.append(signed(whole, provider.keys["ES256"]))
        return seen[0]

    fake.forge = keep
    await connected.signs_in(connected.visitor(), uuid4().hex, **claims)
    assert (await connected.arrives(connected.visitor(), uuid4().hex)).status_code == 400


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256", "RS256"])
async def test_a_token_of_each_algorithm_signs_in(connected: Connected, fake: FakeProvider, algorithm: str) -> None:
    def forge(provider: FakeProvider, claims: Claims) -> str:
        whole = {name: value for name, value in claims.items() if algorithm != "EdDSA" or name != "at_hash"}
        with warnings.catch_warnings(action="ignore"):
            return signed(whole, provider.keys[algorithm], algorithm)

    fake.forge = forge
    claims = {"email": f"{uuid4().hex}@example.org", "email_verified": True, "aud": [CLIENT], "azp": CLIENT}
    await connected.signs_in(connected.visitor(), uuid4().hex, **claims)
