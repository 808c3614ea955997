"""What an API client is: how it proves itself, from where, and what it may be used for."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from services.access.access import SERVICES
from services.access.clients.record import Client, JsonWebKey
from shared.kernel.lifecycle import Lifecycle, transition

WRITABLE = ("name", "ip_allow", "jwks")
"""The fields that may change. What a client may be used for is set once: another use is another client."""
CREDENTIALS = ("ip_allow", "jwks")
"""Those of them that decide who can act as the client."""
LIVING_SECRETS = 2
_SMALLEST_RSA = 2048
_PRIVATE_MEMBERS = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))

CHANGE_CREDENTIALS, CONFIRM_SECRET = "change_credentials", "confirm_secret"


@dataclass(frozen=True, slots=True)
class ClientGuardContext:
    """What the guards look at. `is_of_two`: the client holds a role that a second person confirms, or is to hold it.
    `has_proposed_secret`: a secret of it waits for a second person."""

    is_of_two: bool
    has_proposed_secret: bool


def _of_two(guard_context: ClientGuardContext) -> bool:
    return guard_context.is_of_two


def _has_proposed_secret(guard_context: ClientGuardContext) -> Literal["no_proposed_secret"] | None:
    return None if guard_context.has_proposed_secret else "no_proposed_secret"


LIFECYCLE: Lifecycle[ClientGuardContext] = Lifecycle(
    ("active", "revoked"),
    (
        transition("revoke", "active", "revoked"),
        transition(
            CHANGE_CREDENTIALS,
            "active",
            "active",
            fields=(*WRITABLE, "second_person"),
            fact="updated",
            second_person=_of_two,
        ),
        transition(
            CONFIRM_SECRET,
            "active",
            "active",
            guard=_has_proposed_secret,
            fields=("second_person",),
            fact="updated",
            second_person=_of_two,
        ),
    ),
)


def new_client_id() -> str:
    """A name for a client, of unreserved characters."""
    return f"client-{secrets.token_hex(10)}"


def new_secret() -> str:
    """A secret of 256 random bits, of unreserved characters."""
    return f"escm_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> bytes:
    """What is stored of a secret: it is random, so that a plain digest is enough."""
    return hashlib.sha256(secret.encode()).digest()


def with_secret(living: list[bytes], new: bytes) -> list[bytes]:
    """The digests with a new one before them; of the older ones the newest stays, so that users can change over."""
    return [new, *living][:LIVING_SECRETS]


def widens(before: Client, wanted: Client) -> bool:
    """Whether other keys or networks let somebody act as the client who could not before. No networks are all."""
    if any(key not in _keys(before) for key in _keys(wanted)):
        return True
    if not before.ip_allow or not wanted.ip_allow:
        return bool(before.ip_allow)
    known = [ip_network(text) for text in before.ip_allow]
    return not all(any(_is_within(ip_network(text), one) for one in known) for text in wanted.ip_allow)


def _keys(record: Client) -> Sequence[JsonWebKey]:
    return record.jwks["keys"] if record.jwks else ()


def _is_within(network: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    return network.version == other.version and network.subnet_of(other)  # type: ignore[arg-type]


def is_resource(name: str) -> bool:
    """Whether it names a resource, such as `membership.experts`, or all of a service, such as `membership.*`."""
    service, dot, plural = name.partition(".")
    return service in SERVICES and bool(dot) and (plural == "*" or plural.replace("_", "").isalpha())


def is_network(text: str) -> bool:
    """Whether it is an address or a network in CIDR form."""
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def key_fault(key: JsonWebKey) -> str | None:
    """Why a key cannot be used to verify assertions, or None where it can."""
    if _PRIVATE_MEMBERS & key.keys():
        return "This key holds its private part; replace it and send the public part only."
    try:
        if key.get("kty") == "EC" and key.get("crv") == "P-256":
            ECKey.import_key(dict(key)).check_use("sig")
            return None
        if key.get("kty") == "RSA":
            found = RSAKey.import_key(dict(key))
            found.check_use("sig")
            return None if found.public_key.key_size >= _SMALLEST_RSA else "An RSA key has at least 2,048 bits."
    except (JoseError, ValueError, TypeError, KeyError):
        return "This key cannot be read."
    return "A key is of the kind EC with the curve P-256, or RSA."
