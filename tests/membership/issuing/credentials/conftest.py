"""Credentials that are signed without a database, and the web that verifies them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from joserfc.jwk import RSAKey

from services.membership.issuing.credentials import operations, signing
from services.membership.issuing.credentials.domain import (
    LISTS,
    PURPOSES,
    Credential,
    credential_document,
    did_document,
    list_document,
)
from services.membership.issuing.credentials.signing import ALGORITHM, BITS, SigningKey
from shared.kernel.clock import now
from tests.membership.issuing.credentials.verifying import as_bytes
from tests.support.clock import Clock, stopped_clock

ISSUER = "https://escm.example.org"
DID = "did:web:escm.example.org"
INDEX = 131_072 + 77
CREDENTIAL = Credential(
    certificate_id=UUID("0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"),
    kind="membership",
    number="CRT-000123",
    language="en",
    title="Certificate of Membership",
    subject="",
    holder_name="王小明 <b>O'Neil</b>",
    issued_at=datetime(2026, 11, 1, 9, 30, 15, 123456, UTC),
    valid_to=date(2099, 12, 31),
    status_index=INDEX,
)


_HOURS = count(1)


def made_key() -> SigningKey:
    key = RSAKey.generate_key(BITS)
    return SigningKey(key.thumbprint(), key)


def public(key: SigningKey) -> dict[str, Any]:
    return {**key.key.as_dict(private=False), "kid": key.kid, "use": "sig", "alg": ALGORITHM}


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return made_key()


@pytest.fixture(scope="session")
def other_key() -> SigningKey:
    return made_key()


@pytest.fixture(scope="session")
def token(key: SigningKey) -> str:
    return key.sign(credential_document(CREDENTIAL, ISSUER), ISSUER)


@pytest.fixture
def web_of(key: SigningKey) -> Callable[..., dict[str, bytes]]:
    """The web of this issuer, whose lists have these entries set."""

    def of(*keys: SigningKey, signer: SigningKey = key, issuer: str = ISSUER, **indexes: set[int]) -> dict[str, bytes]:
        documents = [public(each) for each in keys or (key,)]
        return {
            f"{issuer}/.well-known/did.json": as_bytes(did_document(issuer, documents)),
            **{
                f"{issuer}{LISTS}/{purpose}/1": signer.sign(
                    list_document(issuer, purpose, 1, indexes.get(purpose, ()), now()), issuer
                ).encode()
                for purpose in PURPOSES
            },
        }

    return of


def credential(**changed: Any) -> Credential:
    return replace(CREDENTIAL, **changed)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the cached keys and lists, later than those of all earlier tests, so that none is cached."""
    stopped = stopped_clock(monkeypatch, operations, signing)
    stopped.advance(next(_HOURS) * 3600)
    return stopped
