"""An independent verifier takes our credentials, sees what was revoked, and takes nothing that was changed."""

import json
import random
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from services.membership.issuing.credentials.domain import (
    ENTRIES,
    LISTS,
    certificate_of,
    credential_document,
    did_of,
    encoded_list,
    list_document,
)
from services.membership.issuing.credentials.signing import LONGEST, SigningKey, key_of, verified
from tests.membership.issuing.credentials.conftest import CREDENTIAL, DID, INDEX, ISSUER, credential, public
from tests.membership.issuing.credentials.verifying import verify

WebOf = Callable[..., dict[str, bytes]]


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_the_verifier_reads_the_keys_and_the_lists_only(token: str, web_of: WebOf) -> None:
    assert verify(token, DID, web_of()).read == [
        f"{ISSUER}/.well-known/did.json",
        f"{ISSUER}{LISTS}/revocation/1",
        f"{ISSUER}{LISTS}/suspension/1",
    ]


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_the_verifier_sees_a_set_entry_and_no_other(token: str, web_of: WebOf, purpose: str) -> None:
    neighbours = {INDEX - 1, INDEX + 1, ENTRIES, 2 * ENTRIES - 1}
    verify(token, DID, web_of(**{purpose: neighbours}))
    with pytest.raises(OB3VerificationError, match=purpose):
        verify(token, DID, web_of(**{purpose: {INDEX}}))


def test_a_changed_byte_anywhere_is_refused(token: str, web_of: WebOf, key: SigningKey) -> None:
    web, chance = web_of(), random.Random(16)
    for place in chance.sample(range(len(token)), 60):
        changed = "A" if token[place] != "A" else "B"
        forged = token[:place] + changed + token[place + 1 :]
        with pytest.raises(OB3VerificationError):
            verify(forged, DID, web)
        assert verified(forged, public(key)) is None


def test_the_list_of_another_issuer_is_refused(token: str, web_of: WebOf, other_key: SigningKey) -> None:
    web, other = web_of(), "https://other.example.org"
    for name in (f"{ISSUER}{LISTS}/revocation/1", f"{ISSUER}{LISTS}/suspension/1"):
        purpose = name.split("/")[-2]
        forged = list_document(other, purpose, 1, (), datetime.now(UTC))
        with pytest.raises(OB3VerificationError, match="issuer"):
            verify(token, DID, {**web, name: other_key.sign(forged, other).encode()})
    with pytest.raises(OB3VerificationError, match="proof is invalid"):
        verify(token, DID, web_of(signer=other_key))


def test_an_old_copy_of_a_list_is_refused(token: str, web_of: WebOf, key: SigningKey) -> None:
    old = list_document(ISSUER, "revocation", 1, (), datetime.now(UTC) - timedelta(days=9))
    with pytest.raises(OB3VerificationError, match="expired"):
        verify(token, DID, {**web_of(), f"{ISSUER}{LISTS}/revocation/1": key.sign(old, ISSUER).encode()})


def test_a_credential_ends_with_the_last_day_of_its_certificate(key: SigningKey, web_of: WebOf) -> None:
    over = credential(valid_to=date(2026, 11, 2))
    document = credential_document(over, ISSUER)
    assert document["validUntil"] == "2026-11-02T23:59:59Z"
    with pytest.raises(OB3VerificationError, match="expired"):
        verify(key.sign(document, ISSUER), DID, web_of())
    endless = credential_document(credential(valid_to=None), ISSUER)
    assert not {"validUntil", "exp"} & endless.keys()
    verify(key.sign(endless, ISSUER), DID, web_of())


def test_after_a_key_turns_old_credentials_verify(token: str, web_of: WebOf, other_key: SigningKey, key: SigningKey):
    verify(token, DID, web_of(other_key, key, signer=other_key))
    with pytest.raises(OB3VerificationError):
        verify(token, DID, web_of(other_key, signer=other_key))


def test_a_credential_names_its_holder_and_nothing_else_of_a_person(token: str) -> None:
    claims = claims_of(token)
    subject = claims["credentialSubject"]
    assert subject["identifier"] == [
        {
            "type": "IdentityObject",
            "identityType": "ext:name",
            "hashed": False,
            "identityHash": CREDENTIAL.holder_name,
        }
    ]
    assert claims["sub"] == subject["id"] != claims["jti"]
    other = credential_document(credential(certificate_id=CREDENTIAL.certificate_id.__class__(int=1)), ISSUER)
    assert other["sub"] != claims["sub"]
    assert subject.keys() == {"id", "type", "identifier", "licenseNumber", "achievement"}
    assert claims["validFrom"] == "2026-11-01T09:30:15Z"


def test_the_same_certificate_makes_the_same_token(token: str, key: SigningKey, other_key: SigningKey) -> None:
    document = credential_document(CREDENTIAL, ISSUER)
    assert key.sign(document, ISSUER) == token
    assert claims_of(other_key.sign(document, ISSUER)) == claims_of(token)


def test_the_list_of_a_day_depends_on_its_entries_only() -> None:
    morning, evening = datetime(2026, 11, 2, 0, 0, 1, tzinfo=UTC), datetime(2026, 11, 2, 23, 59, tzinfo=UTC)
    first = list_document(ISSUER, "revocation", 0, (5, 3), morning)
    assert first == list_document(ISSUER, "revocation", 0, (3, 5), evening)
    assert (first["validFrom"], first["validUntil"]) == ("2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z")


def test_the_list_has_the_bits_of_its_entries() -> None:
    chance = random.Random(16)
    entries = {0, ENTRIES - 1, *chance.sample(range(ENTRIES), 500)}
    bits = decode_encoded_list(encoded_list(entries))
    assert (len(bits) * 8, set(set_indices(bits))) == (ENTRIES, entries)


@pytest.mark.parametrize(
    ("issuer", "did"),
    [
        ("https://escm.example.org/", "did:web:escm.example.org"),
        ("https://ESCM.example.org", "did:web:escm.example.org"),
        ("https://localhost:8000", "did:web:localhost%3A8000"),
    ],
)
def test_the_identifier_is_that_of_the_host(issuer: str, did: str) -> None:
    assert did_of(issuer) == did


def test_the_longest_credential_can_be_read(key: SigningKey) -> None:
    long = credential(title="题" * 200, subject="题" * 500, holder_name="名" * 500)
    token = key.sign(credential_document(long, ISSUER), ISSUER)
    assert len(token) < LONGEST
    assert key_of(token, ISSUER) == key.kid
    assert certificate_of(verified(token, public(key)) or {}) == CREDENTIAL.certificate_id
