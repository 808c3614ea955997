"""A person as an identity provider describes them, and the secrets of one way there and back."""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from services.access.principals.accounts.domain import is_email
from shared.configuration.sealing import text_of_bytes
from shared.kernel.text import is_one_line, is_person_name, nfc

LIFE = timedelta(minutes=10)
"""How long a person may take at the provider."""
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider describes: `email` only if it says that it has verified the address."""

    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """The state that comes back, and the nonce and the verifier of PKCE, which are derived from it."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, state: str, key: bytes) -> "Secrets":
        """The secrets of a state."""
        return cls(state, _derived(key, "nonce", state), _derived(key, "verifier", state))

    @property
    def challenge(self) -> str:
        """What proves the verifier (RFC 7636, 4.2)."""
        return text_of_bytes(sha256(self.verifier.encode()).digest())


def new_state() -> str:
    """A state of 256 random bits."""
    return secrets.token_urlsafe(32)


def person(claims: Mapping[str, object], names: Mapping[str, str]) -> Person:
    """The person of an ID token. What cannot be an address or a name here counts as absent; without a name, a person
    has that of their address."""
    email, name = claims.get(names["email"]), claims.get(names["name"])
    email = nfc(email) if isinstance(email, str) and is_email(email) and is_one_line(email) else None
    name = nfc(name).strip()[:_LONGEST_NAME].strip() if isinstance(name, str) else ""
    if not name or not is_one_line(name) or not is_person_name(name):
        name = (email or "").partition("@")[0][:_LONGEST_NAME]
    return Person(name, email if claims.get("email_verified") is True else None)


def _derived(key: bytes, purpose: str, state: str) -> str:
    return text_of_bytes(hmac.digest(key, f"{purpose}\n{state}".encode(), "sha256"))
