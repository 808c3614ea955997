"""A corpus of forged, stale and misdirected tokens, and the keys and claims of the valid one that they start from."""

import base64
import hashlib
import hmac
import json
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from shared.auth.keys import TokenRules

KEY = ECKey.generate_key("P-256")
OTHER = ECKey.generate_key("P-256")
P384 = ECKey.generate_key("P-384")
RSA = RSAKey.generate_key(2048)
RULES = TokenRules("https://escm.example", "escm")
KEY_ID = KEY.thumbprint()
SUBJECT = UUID("0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33")
HEADER = {"alg": "ES256", "typ": "at+jwt", "kid": KEY_ID}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def text(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


class Forger:
    """Signs anything with our key. `claims` are those of a token that is valid from `now` (Unix seconds)."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.claims: dict[str, Any] = {
            "iss": RULES.issuer,
            "aud": RULES.audience,
            "sub": f"account:{SUBJECT}",
            "client_id": "demo",
            "jti": "t1",
            "scope": "membership.*:read",
            "iat": int(now),
            "nbf": int(now),
            "exp": int(now) + 600,
        }

    def signed(self, header: Any = None, claims: Any = None, key: ECKey = KEY) -> str:
        """A token with any header and any payload, and a valid ES256 signature over them."""
        covered = f"{b64(text(HEADER if header is None else header))}.{b64(text(claims or self.claims))}"
        r, s = decode_dss_signature(in_der(covered, key))
        return f"{covered}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def without(self, *names: str) -> dict[str, Any]:
        return {name: value for name, value in self.claims.items() if name not in names}

    def expiring(self, written: bytes) -> str:
        """A token with this literal as its expiry."""
        return self.signed(claims=text(self.claims).replace(str(self.claims["exp"]).encode(), written))

    def keyed_by_text(self, material: bytes) -> str:
        """A token that uses a public text as the secret of HS256."""
        covered = f"{b64(text(HEADER | {'alg': 'HS256'}))}.{b64(text(self.claims))}"
        return f"{covered}.{b64(hmac.new(material, covered.encode(), hashlib.sha256).digest())}"

    def rsa_signed(self, algorithm: str) -> str:
        return jws.serialize_compact(HEADER | {"alg": algorithm}, text(self.claims), RSA, [algorithm])


def in_der(covered: str, key: ECKey) -> bytes:
    """The signature in the encoding of OpenSSL."""
    return key.private_key.sign(covered.encode(), ECDSA(SHA256()))  # type: ignore[union-attr]


def corpus(now: float) -> dict[str, str]:
    """All attacks by name."""
    forger = Forger(now)
    return {**_of_another_form(forger), **_with_another_header(forger), **_with_other_claims(forger)}


def _of_another_form(forger: Forger) -> dict[str, str]:
    claims, good = forger.claims, forger.signed()
    head, payload, signature = good.split(".")
    return {
        "empty": "",
        "one part": "abc",
        "two parts": f"{head}.{payload}",
        "four parts": f"{good}.x",
        "five parts as in an encrypted token": f"{head}.{payload}.{signature}.{signature}.{signature}",
        "empty signature": f"{head}.{payload}.",
        "empty payload": f"{head}..{signature}",
        "padding": f"{head}=.{payload}.{signature}",
        "white space inside": f"{head}. {payload}.{signature}",
        "white space around": f" {good} ",
        "a line break at the end": f"{good}\n",
        "standard base64": f"{head}.{payload}.{signature[:-2]}+/",
        "not ASCII": f"{head}.{payload}.é{signature}",
        "NUL": f"{head}.{payload}\0.{signature}",
        "none": f"{b64(text(HEADER | {'alg': 'none'}))}.{payload}.{signature}",
        "none without signature": f"{b64(text(HEADER | {'alg': 'none'}))}.{payload}.",
        "None in other case": f"{b64(text(HEADER | {'alg': 'nOnE'}))}.{payload}.{signature}",
        "HS256 keyed with the public key in PEM": forger.keyed_by_text(KEY.as_pem(private=False)),
        "HS256 keyed with the public key in JSON": forger.keyed_by_text(text(KEY.as_dict(private=False))),
        "HS256 keyed with nothing": forger.keyed_by_text(b""),
        "RS256": forger.rsa_signed("RS256"),
        "PS256": forger.rsa_signed("PS256"),
        "ES384 with a key of its own": jws.serialize_compact(HEADER | {"alg": "ES384"}, text(claims), P384, ["ES384"]),
        "another key under our name": forger.signed(key=OTHER),
        "a signature of nought": f"{head}.{payload}.{b64(bytes(64))}",
        "a signature in DER": f"{head}.{payload}.{b64(in_der(f'{head}.{payload}', KEY))}",
        "a shortened signature": f"{head}.{payload}.{signature[:-6]}",
        "a changed payload": f"{head}.{b64(text(claims | {'sub': f'client:{SUBJECT}'}))}.{signature}",
        "a changed header": f"{b64(text(HEADER | {'typ': 'application/at+jwt'}))}.{payload}.{signature}",
        "a line break inside": f"{head}\n.{payload}.{signature}",
        "a tab inside": f"{head}.{payload}\t.{signature}",
        "the signature in another base64 of the same bytes": f"{head}.{payload}.{reencoded(signature)}",
        "the halves of the signature exchanged": f"{head}.{payload}.{signature[43:]}{signature[:43]}",
        "the dots as in an address": good.replace(".", "%2E"),
        "the JSON form": json.dumps({"protected": head, "payload": payload, "signature": signature}),
        "twice": f"{good},{good}",
    }


def reencoded(part: str) -> str:
    """Another text for the same bytes: the last character has bits that no decoder reads."""
    return part[:-1] + _ALPHABET[_ALPHABET.index(part[-1]) ^ 1]


def _with_another_header(forger: Forger) -> dict[str, str]:
    return {
        "an unknown key": forger.signed(HEADER | {"kid": "k2"}),
        "no key named": forger.signed({"alg": "ES256", "typ": "at+jwt"}),
        "a key named by a number": forger.signed(HEADER | {"kid": 1}),
        "a key named by a list": forger.signed(HEADER | {"kid": [KEY_ID]}),
        "a key named by a path": forger.signed(HEADER | {"kid": "../../dev/null"}),
        "a key named by SQL": forger.signed(HEADER | {"kid": "k1' OR '1'='1"}),
        "jwk": forger.signed(HEADER | {"jwk": OTHER.as_dict(private=False)}, key=OTHER),
        "jku": forger.signed(HEADER | {"jku": "https://attacker.example/jwks.json"}),
        "x5u": forger.signed(HEADER | {"x5u": "https://attacker.example/cert.pem"}),
        "x5c": forger.signed(HEADER | {"x5c": ["MIIB"]}),
        "an unknown critical extension": forger.signed(HEADER | {"crit": ["x"], "x": 1}),
        "an empty list of critical extensions": forger.signed(HEADER | {"crit": []}),
        "an unencoded payload": forger.signed(HEADER | {"crit": ["b64"], "b64": False}),
        "a compressed payload": forger.signed(HEADER | {"zip": "DEF"}),
        "a header of a megabyte": forger.signed(HEADER | {"kid": "k" * 1_000_000}),
        "a payload of a megabyte": forger.signed(claims=forger.claims | {"scope": "s" * 1_000_000}),
        "a header of 2 KiB": forger.signed(HEADER | {"kid": "k" * 2048}),
        "a header that is a list": forger.signed([HEADER]),
        "a header that is no JSON": forger.signed(b"{alg:ES256}"),
        "a header nested a thousand times": forger.signed(b"[" * 700),
        "a header that names its algorithm twice": forger.signed(
            f'{{"alg":"none","alg":"ES256","typ":"at+jwt","kid":"{KEY_ID}"}}'.encode()
        ),
        "an ID token": forger.signed(HEADER | {"typ": "JWT"}),
        "no type": forger.signed({"alg": "ES256", "kid": "k1"}),
        "a logout token": forger.signed(HEADER | {"typ": "logout+jwt"}),
        "a key named with a line break": forger.signed(HEADER | {"kid": f"{KEY_ID}\n"}),
        "a key named by an address": forger.signed(HEADER | {"kid": f"https://attacker.example/{KEY_ID}"}),
        "the digest of a certificate": forger.signed(HEADER | {"x5t#S256": "AAAA"}),
        "a list of algorithms": forger.signed(HEADER | {"alg": ["ES256"]}),
        "the algorithm in lower case": forger.signed(HEADER | {"alg": "es256"}),
        "the algorithm with a blank": forger.signed(HEADER | {"alg": "ES256 "}),
        "a curve that is not ours": forger.signed(HEADER | {"alg": "ES256K"}),
        "EdDSA": forger.signed(HEADER | {"alg": "EdDSA"}),
        "a type with a parameter": forger.signed(HEADER | {"typ": "at+jwt; v=2"}),
        "a token in a token": forger.signed(HEADER | {"cty": "JWT"}, forger.signed().encode()),
    }


def _with_other_claims(forger: Forger) -> dict[str, str]:
    claims, now = forger.claims, forger.now
    return {
        "a payload that is a list": forger.signed(claims=[claims]),
        "a payload that is no JSON": forger.signed(claims=b"exp=1"),
        "a payload nested four thousand times": forger.signed(claims=b'{"a":' * 1000 + b"1"),
        "a payload that names its subject twice": forger.signed(
            claims=text(claims)[:-1] + f', "sub": "client:{SUBJECT}"'.encode() + b"}"
        ),
        "another issuer": forger.signed(claims=claims | {"iss": "https://attacker.example"}),
        "an issuer that begins like ours": forger.signed(claims=claims | {"iss": f"{RULES.issuer}.attacker.example"}),
        "no issuer": forger.signed(claims=forger.without("iss")),
        "a list of issuers": forger.signed(claims=claims | {"iss": [RULES.issuer]}),
        "another audience": forger.signed(claims=claims | {"aud": "other"}),
        "other audiences": forger.signed(claims=claims | {"aud": ["other", 1, None, ["escm"]]}),
        "an audience that holds ours": forger.signed(claims=claims | {"aud": "escm escm-other"}),
        "no audience": forger.signed(claims=forger.without("aud")),
        "expired": forger.signed(claims=claims | {"iat": now - 700, "nbf": now - 700, "exp": now - 31}),
        "no expiry": forger.signed(claims=forger.without("exp")),
        "an expiry that is a text": forger.signed(claims=claims | {"exp": str(claims["exp"])}),
        "an expiry that is true": forger.signed(claims=claims | {"exp": True}),
        "an expiry without end": forger.expiring(b"Infinity"),
        "an expiry that is no number": forger.expiring(b"NaN"),
        "an expiry of 400 digits": forger.expiring(b"1e400"),
        "issued in the future": forger.signed(claims=claims | {"iat": now + 60}),
        "not yet valid": forger.signed(claims=claims | {"nbf": now + 60}),
        "no time of issue": forger.signed(claims=forger.without("iat")),
        "expired before it was issued": forger.signed(claims=claims | {"iat": now, "exp": now - 1}),
        "no id of its own": forger.signed(claims=forger.without("jti")),
        "an id that is a number": forger.signed(claims=claims | {"jti": 1}),
        "a session that is a number": forger.signed(claims=claims | {"sid": 1}),
        "a session that is no id": forger.signed(claims=claims | {"sid": "one"}),
        "no subject": forger.signed(claims=forger.without("sub")),
        "a subject without a kind": forger.signed(claims=claims | {"sub": str(SUBJECT)}),
        "the system as subject": forger.signed(claims=claims | {"sub": f"system:{SUBJECT}"}),
        "nobody as subject": forger.signed(claims=claims | {"sub": f"anonymous:{SUBJECT}"}),
        "a subject that is no id": forger.signed(claims=claims | {"sub": "account:admin"}),
        "a subject that is a list": forger.signed(claims=claims | {"sub": [f"account:{SUBJECT}"]}),
        "an expiry of 400 digits in full": forger.expiring(b"9" * 400),
        "an expiry of 5,000 digits": forger.expiring(b"9" * 5000),
        "an expiry before 1970": forger.signed(claims=claims | {"exp": -1}),
        "an expiry that is nothing": forger.signed(claims=claims | {"exp": None}),
        "an expiry in a list": forger.signed(claims=claims | {"exp": [claims["exp"]]}),
        "issued before 1970": forger.signed(claims=claims | {"iat": -1, "nbf": -1}),
        "a subject in braces": forger.signed(claims=claims | {"sub": f"account:{{{SUBJECT}}}"}),
        "a subject without dashes": forger.signed(claims=claims | {"sub": f"account:{SUBJECT.hex}"}),
        "a subject in foreign digits": forger.signed(claims=claims | {"sub": f"account:{SUBJECT}".replace("1", "١")}),
        "a subject of a kind in capitals": forger.signed(claims=claims | {"sub": f"ACCOUNT:{SUBJECT}"}),
        "a scope that is a list": forger.signed(claims=claims | {"scope": ["*"]}),
        "a payload that is a token": forger.signed(claims=forger.signed().encode()),
    }
