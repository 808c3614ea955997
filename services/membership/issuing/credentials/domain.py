"""The documents that are signed: credentials of Open Badges 3.0, Bitstring Status Lists, and the DID document (W3C)."""

import gzip
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

Document: TypeAlias = Mapping[str, object]
"""The claims of a document."""
Key: TypeAlias = Mapping[str, str]
"""A public key as JSON (RFC 7517)."""
REVOCATION, SUSPENSION = PURPOSES = ("revocation", "suspension")
REVOKED, SUSPENDED = ("revoked", "replaced"), ("suspended",)
"""The states of certificates that each list contains. Readers of a credential alone must learn that it was replaced."""
ENTRIES = 131_072
"""Entries of one status list, the fewest that the recommendation permits: a reader of the list hides one among many."""
MOST_LISTS = 2**31 // ENTRIES
VALID = timedelta(days=7)
"""How long a status list is valid from the beginning of the day on which it was signed."""
LISTS = "/membership/v1/certificates/status"
_LEVEL = 5
"""Of compression: a higher one takes up to a hundred times as long for a tenth less."""
_ISSUER = "Secretariat of the ESCM Plan"
_CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_DID_CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"]
_UUID = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Credential:
    """What the credential of a certificate says. `title` and `subject`, the title of what it is about, are in
    `language`. `subject` is empty where the kind says everything. `valid_to` is the last day; None without an end."""

    certificate_id: UUID
    kind: str
    number: str
    language: str
    title: str
    subject: str
    holder_name: str
    issued_at: datetime
    valid_to: date | None
    status_index: int


def did_of(issuer: str) -> str:
    """The identifier of this installation, `did:web:HOST`, from its address; the colon before a port is escaped."""
    return f"did:web:{urlsplit(issuer).netloc.lower().replace(':', '%3A')}"


def credential_document(credential: Credential, issuer: str) -> Document:
    """The claims of a credential. The holder's name is all that it says about a person: its subject is an identifier
    that nothing else has, and that is the same whenever the credential is signed."""
    did, base = did_of(issuer), issuer.rstrip("/")
    subject = f"{_UUID}{uuid5(credential.certificate_id, 'subject')}"
    ends = {} if credential.valid_to is None else _until(_end_of(credential.valid_to))
    return {
        "@context": [_CREDENTIALS, _BADGES],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": credential.title,
        **_signed(f"{_UUID}{credential.certificate_id}", subject, did, credential.issued_at),
        "issuer": {"id": did, "type": ["Profile"], "name": _ISSUER, "url": base},
        **ends,
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "ext:name",
                    "hashed": False,
                    "identityHash": credential.holder_name,
                }
            ],
            "licenseNumber": credential.number,
            "achievement": _achievement(credential, f"{base}/guides/certificates#{credential.kind}"),
        },
        "credentialStatus": [_entry(base, purpose, credential.status_index) for purpose in PURPOSES],
    }


def certificate_of(claims: Document) -> UUID | None:
    """The certificate of signed claims; None if they are those of another document."""
    name = claims.get("jti")
    if not isinstance(name, str) or not name.startswith(_UUID):
        return None
    return UUID(name.removeprefix(_UUID))


def list_document(issuer: str, purpose: str, number: int, indexes: Iterable[int], at: datetime) -> Document:
    """The claims of the status list with this number, of which these entries are set. On one day the same entries make
    the same document."""
    url, starts = _list(issuer.rstrip("/"), purpose, number), datetime.combine(at.date(), time(), UTC)
    subject = f"{url}#list"
    return {
        "@context": [_CREDENTIALS],
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        **_signed(url, subject, did_of(issuer), starts),
        "issuer": did_of(issuer),
        **_until(starts + VALID),
        "credentialSubject": {
            "id": subject,
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded_list(index % ENTRIES for index in indexes),
        },
    }


def encoded_list(entries: Iterable[int]) -> str:
    """The bits of a list, the first entry in the highest bit, compressed and in multibase base64url."""
    bits = bytearray(ENTRIES // 8)
    for entry in entries:
        bits[entry // 8] |= 0x80 >> entry % 8
    return f"u{urlsafe_b64encode(gzip.compress(bits, _LEVEL, mtime=0)).decode().rstrip('=')}"


def did_document(issuer: str, keys: Sequence[Key]) -> Document:
    """The DID document of this installation, with these public keys, by their thumbprints."""
    did = did_of(issuer)
    methods = [
        {
            "id": key_name(issuer, key["kid"]),
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": named_key(issuer, key),
        }
        for key in keys
    ]
    return {
        "@context": _DID_CONTEXTS,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def key_name(issuer: str, thumbprint: str) -> str:
    """The name of a key in credentials and in the DID document."""
    return f"{did_of(issuer)}#{thumbprint}"


def named_key(issuer: str, key: Key) -> Key:
    """A public key under its name in credentials."""
    return {**key, "kid": key_name(issuer, key["kid"])}


def _achievement(credential: Credential, criteria: str) -> Document:
    """What certificates with the same words certify: its identifier depends on nothing else."""
    words = f"{criteria}\n{credential.title}\n{credential.subject}"
    return {
        "id": f"{_UUID}{uuid5(NAMESPACE_URL, words)}",
        "type": ["Achievement"],
        "inLanguage": credential.language,
        "name": credential.title,
        "description": credential.subject or credential.title,
        "criteria": {"id": criteria},
    }


def _signed(name: str, subject: str, did: str, starts: datetime) -> Document:
    """What a document says twice: as a credential, and as a JSON Web Token."""
    return {
        "id": name,
        "jti": name,
        "sub": subject,
        "iss": did,
        "validFrom": _text(starts),
        "nbf": int(starts.timestamp()),
    }


def _until(end: datetime) -> Document:
    return {"validUntil": _text(end), "exp": int(end.timestamp())}


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(seconds=1)


def _text(instant: datetime) -> str:
    """The instant in whole seconds, as `nbf` and `exp` have it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(base: str, purpose: str, index: int) -> Document:
    number, entry = divmod(index, ENTRIES)
    url = _list(base, purpose, number)
    return {
        "id": f"{url}#{entry}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(entry),
        "statusListCredential": url,
    }


def _list(base: str, purpose: str, number: int) -> str:
    return f"{base}{LISTS}/{purpose}/{number}"
