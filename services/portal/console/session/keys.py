"""The keys of the console, which follow from one secret: one signs for its client, others seal and prove."""

import hmac
import json
import time
from collections.abc import Sequence
from typing import Literal
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.jwk import ECKey

from shared.auth.keys import ALGORITHM
from shared.configuration.sealing import Sealer, derived_key

CLIENT_ID = "console"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256 (FIPS 186-5)."""
_ASSERTION_LIFE = 60


class ConsoleKeys:
    """What the secrets of the console are for. The first one signs and seals, the others open what was sealed before a
    rotation."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._signing = _signing_key(secrets[0])
        self._sealers = [Sealer(secret, "escm console cookies") for secret in secrets]
        self._forms = [derived_key(secret, "escm console forms") for secret in secrets]

    def seal(self, content: bytes, name: str) -> str:
        """The content, encrypted for this name."""
        return self._sealers[0].seal_text(content, name)

    def open(self, text: str, name: str) -> bytes | None:
        """The content of such a text; None for any other."""
        return next((found for each in self._sealers if (found := each.open_text(text, name)) is not None), None)

    def form_token(self, session: str) -> str:
        """The token of the forms of a session, which no page of another site and of another session has."""
        return hmac.digest(self._forms[0], session.encode(), "sha256").hex()

    def is_form_token(self, session: str, given: str) -> bool:
        """Whether a form was made for this session."""
        known = [hmac.digest(key, session.encode(), "sha256").hex() for key in self._forms]
        return given.isascii() and any(hmac.compare_digest(each, given) for each in known)

    def assertion(self, audience: str) -> str:
        """What proves that the console calls (`private_key_jwt`, RFC 7523): for a minute, once."""
        issued = int(time.time())
        claims = {
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": audience,
            "jti": uuid4().hex,
            "iat": issued,
            "exp": issued + _ASSERTION_LIFE,
        }
        header = {"alg": ALGORITHM, "typ": "JWT", "kid": self._signing.thumbprint()}
        return jws.serialize_compact(header, json.dumps(claims), self._signing, [ALGORITHM])


def client_keys(secrets: Sequence[bytes]) -> dict[Literal["keys"], list[dict[str, str | list[str]]]]:
    """The public keys by which assertions of these secrets are verified (RFC 7517, 5)."""
    keys = [_signing_key(secret) for secret in secrets]
    return {
        "keys": [
            {
                **{name: str(value) for name, value in key.as_dict(private=False).items() if name in "kty crv x y"},
                "kid": key.thumbprint(),
                "use": "sig",
                "alg": ALGORITHM,
            }
            for key in keys
        ]
    }


def _signing_key(secret: bytes) -> ECKey:
    """The key of P-256 that follows from the secret: by more bits than its order has, so that none is likelier (FIPS
    186-5, A.2.1)."""
    drawn = int.from_bytes(derived_key(secret, "escm console client", 48))
    private = ec.derive_private_key(drawn % (_ORDER - 1) + 1, ec.SECP256R1())
    return ECKey.import_key(private)
