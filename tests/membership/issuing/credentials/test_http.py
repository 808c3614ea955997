"""Holders read their credentials; everybody reads keys and lists, with which an independent verifier verifies them."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from services.membership.certificates.certificates.operations import end_with_experts
from services.membership.issuing.credentials.domain import ENTRIES, LISTS, certificate_of, list_document
from services.membership.issuing.credentials.signing import SigningKey
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES, issued, participation
from tests.membership.issuing.credentials.test_documents import claims_of
from tests.membership.issuing.credentials.verifying import verify
from tests.support.callers import Caller
from tests.support.clock import Clock
from tests.support.membership import planned, registered

ISSUER, DID = "https://escm.invalid", "did:web:escm.invalid"
DID_DOCUMENT = "/.well-known/did.json"
VERIFY = f"{CERTIFICATES}/verify"
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]


async def token_of(by: Caller, certificate: dict[str, Any]) -> str:
    found = await by.get(f"{certificate['links']['self']}/credential")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/vc+jwt"), found.text
    return found.text


async def web_of(anonymous: Caller, token: str) -> dict[str, bytes]:
    """What a verifier of the credential can read."""
    lists = [entry["statusListCredential"] for entry in claims_of(token)["credentialStatus"]]
    addresses = [f"{ISSUER}{DID_DOCUMENT}", *lists]
    return {url: (await anonymous.get(url.removeprefix(ISSUER))).content for url in addresses}


async def set_in(anonymous: Caller, purpose: str, certificate: dict[str, Any]) -> bool:
    number, entry = divmod(certificate["status_index"], ENTRIES)
    found = await anonymous.get(f"{LISTS}/{purpose}/{number}")
    assert (found.status_code, found.headers["content-type"]) == (200, "application/vc+jwt"), found.text
    return entry in set_indices(decode_encoded_list(claims_of(found.text)["credentialSubject"]["encodedList"]))


async def test_a_credential_of_a_certificate_verifies(member: Member, admin: Caller, anonymous: Caller) -> None:
    who, record = await member(names=[{"full": "نجيب محفوظ"}])
    made = await issued(admin, await participation(admin, record["id"], language="ar"))
    token = await token_of(who, made)
    assert await token_of(admin, made) == token
    claims = claims_of(token)
    subject = claims["credentialSubject"]
    assert subject["identifier"][0]["identityHash"] == "نجيب محفوظ"
    assert (subject["licenseNumber"], subject["achievement"]["inLanguage"]) == (made["number"], "ar")
    assert certificate_of(claims) == UUID(made["id"])
    assert record["id"] not in str(claims)
    assert len(verify(token, DID, await web_of(anonymous, token)).read) == 3


async def test_a_credential_names_what_its_certificate_is_about(member: Member, admin: Caller) -> None:
    _, record = await member()
    titles = {"en": "Rabat Forum", "fr": "Forum de Rabat"}
    taken = await registered(admin, (await planned(admin, titles=titles))["id"], record["id"])
    subject = {"resource": "membership.participations", "id": taken["id"]}
    for language, title in (("fr", "Forum de Rabat"), ("ru", "Rabat Forum")):
        made = await issued(admin, await participation(admin, record["id"], language=language, subject=subject))
        achievement = claims_of(await token_of(admin, made))["credentialSubject"]["achievement"]
        assert achievement["description"] == title != achievement["name"]
        await admin.step(made["links"]["self"], "revoke", reason="Again", fields={"category": "error"})


async def test_a_credential_is_for_readers_of_its_certificate(member: Member, admin: Caller, anonymous: Caller) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    path = f"{made['links']['self']}/credential"
    stranger, _ = await member()
    assert (await stranger.get(path)).status_code == 404
    assert (await anonymous.get(path)).status_code == 401
    assert (await admin.get(f"{CERTIFICATES}/{uuid4()}/credential")).status_code == 404


async def test_states_are_in_the_lists_and_gone_again(
    member: Member, admin: Caller, anonymous: Caller, clock: Clock
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    token, path = await token_of(admin, made), made["links"]["self"]
    verify(token, DID, await web_of(anonymous, token))
    for verb, purpose, more in (
        ("suspend", "suspension", {"reason": "A question is open"}),
        ("revoke", "revocation", {"reason": "Forged", "fields": {"category": "fraud"}}),
    ):
        assert (await admin.step(path, verb, **more)).status_code == 200
        clock.advance(20)
        with pytest.raises(OB3VerificationError, match=purpose):
            verify(token, DID, await web_of(anonymous, token))
        if verb == "suspend":
            assert await token_of(admin, made) == token
            await admin.step(path, "reinstate")
            clock.advance(20)
            verify(token, DID, await web_of(anonymous, token))
    gone = await admin.get(f"{path}/credential")
    assert (gone.status_code, gone.json()["code"]) == (410, "gone")


async def test_the_credential_of_a_replaced_certificate_is_revoked(
    member: Member, admin: Caller, anonymous: Caller, clock: Clock
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    token = await token_of(admin, made)
    replaced = (await admin.step(made["links"]["self"], "replace", fields={"language": "ru"})).json()
    successor = (await admin.get(f"{CERTIFICATES}/{replaced['replaced_by']}")).json()
    clock.advance(20)
    with pytest.raises(OB3VerificationError, match="revocation"):
        verify(token, DID, await web_of(anonymous, token))
    new = await token_of(admin, successor)
    verify(new, DID, await web_of(anonymous, new))
    assert (await admin.get(f"{made['links']['self']}/credential")).status_code == 410


async def test_an_erasure_leaves_the_bit(
    member: Member, admin: Caller, anonymous: Caller, database: Database, clock: Clock
) -> None:
    _, record = await member(names=[{"full": "Erased Holder"}])
    made = await issued(admin, await participation(admin, record["id"]))
    await token_of(admin, made)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await end_with_experts(uow, [UUID(record["id"])])
    clock.advance(20)
    assert await set_in(anonymous, "revocation", made)
    assert (await admin.get(f"{made['links']['self']}/credential")).status_code == 410


async def test_a_list_is_cached_and_of_certificates_only(member: Member, admin: Caller, anonymous: Caller) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    path = f"{LISTS}/revocation/{made['status_index'] // ENTRIES}"
    found = await anonymous.get(path)
    assert found.headers["cache-control"] == "public, max-age=30"
    again = await anonymous.get(path, headers={"If-None-Match": found.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for unknown in (
        "revocation/9999",
        "revocation/16384",
        "revocation/-1",
        "revocation/x",
        "revocation/00",
        "message/0",
    ):
        assert (await anonymous.get(f"{LISTS}/{unknown}")).status_code == 404
    for unknown in ("١", "9" * 400, "0%00", "0x0", "1e3", "%20"):
        assert (await anonymous.get(f"{LISTS}/suspension/{unknown}")).status_code == 404


async def test_everybody_reads_the_keys(anonymous: Caller, membership: httpx.AsyncClient) -> None:
    document = (await anonymous.get(DID_DOCUMENT)).json()
    keys = (await anonymous.get(f"{CERTIFICATES}/jwks.json")).json()["keys"]
    assert (document["id"], document["assertionMethod"]) == (DID, [key["kid"] for key in keys])
    assert [method["publicKeyJwk"] for method in document["verificationMethod"]] == keys
    for key in keys:
        assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}
        assert (key["kty"], key["alg"], len(key["n"])) == ("RSA", "RS256", 512)
        assert key["kid"].startswith(f"{DID}#")


async def test_a_credential_is_verified_here_too(member: Member, admin: Caller, anonymous: Caller) -> None:
    _, record = await member(names=[{"full": "José Nuñez"}])
    made = await issued(admin, await participation(admin, record["id"]))
    token = await token_of(admin, made)
    found = await anonymous.post(VERIFY, {"credential": token, "name": "jose nunez"})
    assert found.status_code == 200, found.text
    shown = found.json()
    assert (shown["status"], shown["number"], shown["signature"]) == ("valid", made["number"], "valid")
    assert (shown["name_matches"], shown["holder_name"]) == (True, None)
    by_code = (await anonymous.post(VERIFY, {"code": made["code"]})).json()
    assert by_code == {**shown, "signature": None, "name_matches": None}
    await admin.step(made["links"]["self"], "revoke", reason="Forged", fields={"category": "fraud"})
    revoked = (await anonymous.post(VERIFY, {"credential": token})).json()
    assert (revoked["status"], revoked["signature"], revoked["revoked_for"]) == ("revoked", "valid", "fraud")


async def test_a_changed_credential_says_nothing(member: Member, admin: Caller, anonymous: Caller) -> None:
    _, record = await member()
    token = await token_of(admin, await issued(admin, await participation(admin, record["id"])))
    middle = len(token) // 2
    changed = f"{token[:middle]}{'A' if token[middle] != 'A' else 'B'}{token[middle + 1 :]}"
    *_, listed = (await web_of(anonymous, token)).values()
    for forged in (changed, token[:-1], listed.decode(), "x.y.z", "x"):
        shown = await anonymous.post(VERIFY, {"credential": forged, "name": "Nobody"})
        assert (shown.status_code, shown.json()["signature"]) == (200, "invalid")
        assert {value for name, value in shown.json().items() if name != "signature"} == {None}


async def test_the_list_of_another_issuer_is_refused(
    member: Member, admin: Caller, anonymous: Caller, other_key: SigningKey
) -> None:
    _, record = await member()
    token = await token_of(admin, await issued(admin, await participation(admin, record["id"])))
    web, other = await web_of(anonymous, token), "https://other.example.org"
    verify(token, DID, web)
    for entry in claims_of(token)["credentialStatus"]:
        purpose, url = entry["statusPurpose"], entry["statusListCredential"]
        for issuer in (other, ISSUER):
            forged = other_key.sign(list_document(issuer, purpose, int(url.rpartition("/")[2]), (), now()), issuer)
            with pytest.raises(OB3VerificationError, match=r"issuer|proof"):
                verify(token, DID, {**web, url: forged.encode()})


@pytest.mark.parametrize(
    "body", [{}, {"code": "x", "credential": "y"}, {"credential": ""}, {"credential": "x" * 16_385}]
)
async def test_a_verification_has_a_code_or_a_credential(anonymous: Caller, body: dict[str, str]) -> None:
    refused = await anonymous.post(VERIFY, body)
    assert refused.status_code == 422
    assert "xxxx" not in refused.text


async def test_private_keys_are_encrypted_and_of_the_system_alone(
    anonymous: Caller, superuser: asyncpg.Connection, database: Database
) -> None:
    await anonymous.get(DID_DOCUMENT)
    stored = await superuser.fetch("SELECT private FROM member_credential_key WHERE private IS NOT NULL")
    assert stored
    assert not any(b"PRIVATE" in bytes(row["private"]) for row in stored)
    async with database.acquire() as connection:
        assert await connection.fetch("SELECT kid FROM member_credential_key") == []
