"""What is no credential of ours is none: of another key, algorithm, issuer, type or size."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws

from services.membership.issuing.credentials.domain import certificate_of, credential_document, list_document
from services.membership.issuing.credentials.signing import LONGEST, SigningKey, key_of, verified
from shared.kernel.clock import now
from tests.membership.issuing.credentials.conftest import CREDENTIAL, DID, ISSUER, public
from tests.shared.auth.forged import b64

Forge = Callable[[SigningKey, SigningKey], str]
_CLAIMS = credential_document(CREDENTIAL, ISSUER)


def _header(key: SigningKey, **changed: Any) -> dict[str, Any]:
    return {"alg": "RS256", "typ": "JWT", "kid": f"{DID}#{key.kid}", **changed}


def _signed(key: SigningKey, claims: Any = _CLAIMS, **header: Any) -> str:
    whole = _header(key, **header)
    return jws.serialize_compact(whole, json.dumps(claims), key.key, [whole["alg"]])


def _raw(header: dict[str, Any], signature: Callable[[str], bytes]) -> str:
    covered = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(_CLAIMS).encode())}"
    return f"{covered}.{b64(signature(covered))}"


def _by_key(key: SigningKey) -> Callable[[str], bytes]:
    return lambda covered: key.key.private_key.sign(covered.encode(), PKCS1v15(), SHA256())


def _by_secret(secret: bytes) -> Callable[[str], bytes]:
    return lambda covered: hmac.new(secret, covered.encode(), hashlib.sha256).digest()


FORGED: dict[str, Forge] = {
    "nothing": lambda _key, _other: "",
    "no token": lambda _key, _other: "7HM2-K4T9-Q0WX-3V8Z-5",
    "none": lambda key, _other: _raw(_header(key, alg="none"), lambda _: b""),
    "none with a signature": lambda key, _other: _raw(_header(key, alg="none"), lambda _: b"x" * 384),
    "HS256 with the public key": lambda key, _other: _raw(
        _header(key, alg="HS256"), _by_secret(key.key.as_pem(private=False))
    ),
    "RS256 in the header, HS256 in truth": lambda key, _other: _raw(
        _header(key), _by_secret(key.key.as_pem(private=False))
    ),
    "PS256": lambda key, _other: _signed(key, alg="PS256"),
    "RS512": lambda key, _other: _signed(key, alg="RS512"),
    "another key under our name": lambda key, other: _signed(other, kid=f"{DID}#{key.kid}"),
    "another issuer": lambda _key, other: _signed(other, kid=f"did:web:other.example.org#{other.kid}"),
    "our key under another issuer": lambda key, _other: _signed(key, kid=f"did:web:other.example.org#{key.kid}"),
    "an issuer that begins like ours": lambda key, _other: _signed(key, kid=f"{DID}.evil.org#{key.kid}"),
    "no kid": lambda key, _other: _raw({"alg": "RS256", "typ": "JWT"}, lambda _: b"x" * 384),
    "a kid that is no text": lambda key, _other: _raw(_header(key, kid=[key.kid]), _by_key(key)),
    "a key in the header": lambda key, other: _signed(other, kid=f"{DID}#{key.kid}", jwk=public(other)),
    "a link to a key": lambda key, other: _signed(other, kid=f"{DID}#{key.kid}", jku="https://attacker.example/"),
    "an access token": lambda key, _other: _signed(key, typ="at+jwt"),
    "too long": lambda key, _other: _signed(key, {**_CLAIMS, "x": "x" * LONGEST}),
    "a list": lambda key, _other: key.sign(list_document(ISSUER, "revocation", 0, (), now()), ISSUER),
    "no object": lambda key, _other: _signed(key, ["x"]),
    "another kind of id": lambda key, _other: _signed(key, {**_CLAIMS, "jti": 5}),
}


def _read(token: str, key: SigningKey) -> Any:
    kid = key_of(token, ISSUER)
    claims = verified(token, public(key)) if kid == key.kid else None
    return certificate_of(claims) if claims is not None else None


@pytest.mark.parametrize("name", FORGED)
def test_it_is_refused(name: str, key: SigningKey, other_key: SigningKey) -> None:
    assert _read(FORGED[name](key, other_key), key) is None


def test_ours_is_read(token: str, key: SigningKey) -> None:
    assert _read(token, key) == CREDENTIAL.certificate_id
    assert _read(_signed(key), key) == CREDENTIAL.certificate_id
