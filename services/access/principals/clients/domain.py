"""API clients: their credentials, networks and permitted uses."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from services.access.access import SERVICES, SuspensionFault
from services.access.authority.grants.domain import PersonFault
from services.access.principals.clients.record import Client, JsonWebKey
from shared.kernel.lifecycle import Lifecycle, transition

WRITABLE = ("name", "ip_allow", "jwks")
"""The fields that may change. The permitted uses are fixed: another use needs another client."""
CREDENTIALS = ("ip_allow", "jwks")
"""The fields among them that decide who can act as the client."""
LIVING_SECRETS = 2
MOST_CONTACTS = 10
MOST_MADE = 50
"""Most clients that the focal points of one country propose; revoked ones do not count."""
_SMALLEST_RSA = 2048
_PRIVATE_MEMBERS = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))

CONFIRM, CHANGE_CREDENTIALS, CONFIRM_SECRET = "confirm", "change_credentials", "confirm_secret"
ConfirmingFault: TypeAlias = Literal["second_person_missing"] | PersonFault
CountryFault: TypeAlias = Literal["not_made_by_the_country"]


@dataclass(frozen=True, slots=True)
class ClientGuardContext:
    """The inputs of the guards. `is_of_two`: the client holds or will hold a role that a second person confirms.
    `has_proposed_secret`: a secret of it waits for a second person. `confirming`: why the caller does not count as the
    second person of a proposed client. `ending`, `reinstating`: why a focal point may not end or reinstate it."""

    is_of_two: bool
    has_proposed_secret: bool
    confirming: ConfirmingFault | None
    ending: CountryFault | None
    reinstating: CountryFault | SuspensionFault | None


def _of_two(guard_context: ClientGuardContext) -> bool:
    return guard_context.is_of_two


def _has_proposed_secret(guard_context: ClientGuardContext) -> Literal["no_proposed_secret"] | None:
    return None if guard_context.has_proposed_secret else "no_proposed_secret"


def _confirmable(guard_context: ClientGuardContext) -> ConfirmingFault | None:
    return guard_context.confirming


def _may_end(guard_context: ClientGuardContext) -> CountryFault | None:
    return guard_context.ending


def _may_reinstate(guard_context: ClientGuardContext) -> CountryFault | SuspensionFault | None:
    return guard_context.reinstating


LIFECYCLE: Lifecycle[ClientGuardContext] = Lifecycle(
    ("proposed", "active", "suspended", "revoked"),
    (
        transition(CONFIRM, "proposed", "active", guard=_confirmable, fields=("second_person",), fact="activated"),
        transition("reject", "proposed", "revoked", reason_required=True),
        transition("suspend", "proposed|active", "suspended", guard=_may_end, reason_required=True),
        transition("reinstate", "suspended", None, guard=_may_reinstate, fact="reinstated"),
        transition("revoke", "proposed|active|suspended", "revoked", guard=_may_end),
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
    """A new client id, of unreserved characters."""
    return f"client-{secrets.token_hex(10)}"


def new_secret() -> str:
    """A secret of 256 random bits, of unreserved characters."""
    return f"escm_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> bytes:
    """The stored form of a secret. The secret is random, so a plain digest is enough."""
    return hashlib.sha256(secret.encode()).digest()


def with_secret(living: list[bytes], new: bytes) -> list[bytes]:
    """The digests with the new one first; the newest of the older ones remains valid while users change over."""
    return [new, *living][:LIVING_SECRETS]


def widens(before: Client, wanted: Client) -> bool:
    """Whether the change lets somebody act as the client who could not before. No networks means all networks."""
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
    """Whether the name is a resource, such as `membership.experts`, or all of a service, such as `membership.*`."""
    service, dot, plural = name.partition(".")
    return service in SERVICES and bool(dot) and (plural == "*" or plural.replace("_", "").isalpha())


def is_network(text: str) -> bool:
    """Whether the text is an address or a network in CIDR form."""
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def key_fault(key: JsonWebKey) -> str | None:
    """Why a key cannot verify assertions, or None."""
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
