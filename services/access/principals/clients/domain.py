"""API clients: their credentials, networks and permitted uses."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from services.access.access import EVERY_RESOURCE, SERVICES, VERBS, SuspensionFault
from services.access.authority.grants.domain import PersonFault
from services.access.principals.clients.record import Client, JsonWebKey
from shared.auth.narrowing import WHOLE_SCOPE
from shared.kernel.errors import Invalid, invalid_field
from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.step_up import TWO_FACTORS

AUTHORIZATION_CODE, CLIENT_CREDENTIALS = "authorization_code", "client_credentials"
GRANTS = (AUTHORIZATION_CODE, CLIENT_CREDENTIALS)
"""How a client may get tokens."""
CREDENTIALS = ("ip_allow", "jwks", "redirect_uris", "post_logout_redirect_uris", "grants", "require_par", "dpop_bound")
"""The fields that decide who can act as the client."""
WRITABLE = ("name", *CREDENTIALS)
"""The fields that may change. The permitted uses are fixed: another use needs another client."""
OF_CONTACTS = frozenset(("jwks", "redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri"))
"""The fields that the contacts of a client change."""
OTHER_CREDENTIALS = TWO_FACTORS.only(
    "with other `jwks`, `redirect_uris` or `grants`",
    lambda columns, before: any(columns.get(name) != before.get(name) for name in ("jwks", "redirect_uris", "grants")),
)
LIVING_SECRETS = 2
SECRET_DAYS = 365
"""How long a secret may be used."""
REMINDERS = (30, 7, 1)
"""Days before the end of a secret on which the client's people are reminded."""
MOST_CONTACTS = 5
MOST_MADE = 50
"""Most clients that the focal points of one country propose; revoked ones do not count."""
_SMALLEST_RSA = 2048
_PRIVATE_MEMBERS = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))

CONFIRM, CHANGE_CREDENTIALS, CONFIRM_SECRET = "confirm", "change_credentials", "confirm_secret"
MARK_FIRST_PARTY = "mark_first_party"
ConfirmingFault: TypeAlias = Literal["second_person_missing"] | PersonFault
CountryFault: TypeAlias = Literal["not_made_by_the_country"]


@dataclass(frozen=True, slots=True)
class ClientGuardContext:
    """The inputs of the guards. `is_of_two`: the client holds or will hold a role that a second person confirms, or is
    one of our own, which `is_first_party` says.
    `has_proposed_secret`: a secret of it waits for a second person. `confirming`: why the caller does not count as the
    second person of a proposed client. `ending`, `reinstating`: why a focal point may not end or reinstate it."""

    is_of_two: bool
    is_first_party: bool
    has_proposed_secret: bool
    confirming: ConfirmingFault | None
    ending: CountryFault | None
    reinstating: CountryFault | SuspensionFault | None


def _of_two(guard_context: ClientGuardContext) -> bool:
    return guard_context.is_of_two


def _has_proposed_secret(guard_context: ClientGuardContext) -> Literal["no_proposed_secret"] | None:
    return None if guard_context.has_proposed_secret else "no_proposed_secret"


def _is_third_party(guard_context: ClientGuardContext) -> Literal["already_first_party"] | None:
    return "already_first_party" if guard_context.is_first_party else None


def _confirmable(guard_context: ClientGuardContext) -> ConfirmingFault | None:
    return guard_context.confirming


def _may_end(guard_context: ClientGuardContext) -> CountryFault | None:
    return guard_context.ending


def _may_reinstate(guard_context: ClientGuardContext) -> CountryFault | SuspensionFault | None:
    return guard_context.reinstating


LIFECYCLE: Lifecycle[ClientGuardContext] = Lifecycle(
    ("proposed", "active", "suspended", "revoked"),
    (
        transition(
            CONFIRM,
            "proposed",
            "active",
            guard=_confirmable,
            fields=("second_person",),
            fact="activated",
            step_up=TWO_FACTORS,
        ),
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
            step_up=TWO_FACTORS,
        ),
        transition(
            MARK_FIRST_PARTY,
            "active",
            "active",
            guard=_is_third_party,
            fields=("second_person",),
            fact="updated",
            second_person=by_two,
            step_up=TWO_FACTORS,
        ),
        transition(
            CONFIRM_SECRET,
            "active",
            "active",
            guard=_has_proposed_secret,
            fields=("second_person",),
            fact="updated",
            second_person=_of_two,
            step_up=TWO_FACTORS,
        ),
    ),
)


def keys_required() -> Invalid:
    """The error for a new client that would have a secret where clients sign."""
    return invalid_field("/jwks", "keys_required", "Clients of this installation sign: give public keys.")


def new_client_id() -> str:
    """A new client id, of unreserved characters."""
    return f"client-{secrets.token_hex(10)}"


def new_secret() -> str:
    """A secret of 256 random bits, of unreserved characters."""
    return f"escm_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> bytes:
    """The stored form of a secret. The secret is random, so a plain digest is enough."""
    return hashlib.sha256(secret.encode()).digest()


def with_secret(client: Client, new: bytes, ends: datetime) -> Client:
    """The client with the new secret first; the newest of the older ones remains valid while users change over."""
    known = [each for _, each in secrets_of(client)]
    return replace(
        client,
        secrets=[new, *client.secrets][:LIVING_SECRETS],
        secret_ends=[ends, *(each or ends for each in known)][:LIVING_SECRETS],
    )


def secrets_of(client: Client) -> list[tuple[bytes, datetime | None]]:
    """The digests of a client's secrets with their ends; None where a release without ends wrote them."""
    if len(client.secrets) != len(client.secret_ends):
        return [(digest, None) for digest in client.secrets]
    return list(zip(client.secrets, client.secret_ends, strict=True))


def widens(before: Client, wanted: Client) -> bool:
    """Whether the change lets somebody act as the client who could not before. No networks means all networks."""
    if any(key not in _keys(before) for key in _keys(wanted)):
        return True
    if before.require_par > wanted.require_par or before.dpop_bound > wanted.dpop_bound:
        return True
    if not set(wanted.redirect_uris) <= set(before.redirect_uris) or not set(wanted.grants) <= set(before.grants):
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


_REDIRECT = re.compile(
    r"(https://[A-Za-z0-9.-]+(:[0-9]{1,5})?|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?)"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?"
)
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?(/.*)?")


def is_redirect_uri(text: str) -> bool:
    """Whether people may be sent back to this address: `https://`, or `http://` on their own machine; no fragment, no
    user, no dot segment."""
    return _REDIRECT.fullmatch(text) is not None and not {".", ".."} & set(re.split(r"[/?]", text))


def is_registered(given: str, registered: Sequence[str]) -> bool:
    """Whether an address is one of the registered ones, compared as text. A loopback address (RFC 8252, 7.3) stands for
    each of its ports."""
    own = _without_port(given) if is_redirect_uri(given) else None
    return given in registered or (own is not None and own in map(_without_port, registered))


def is_loopback(address: str) -> bool:
    """Whether it is an address of the person's own machine, as programs there have one."""
    return _LOOPBACK.fullmatch(address) is not None


def _without_port(address: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(address)
    return (found[1], found[2] or "") if found else None


def origin_of(address: str) -> str:
    """The origin of a redirect address, such as `https://desk.example.org`."""
    return "/".join(address.split("?")[0].split("/")[:3])


def whole_scope(client: Client) -> str:
    """What the client may do at most for the people who sign in to it: its resources with its verbs."""
    if client.first_party and set(client.resources) >= EVERY_RESOURCE and set(client.verbs) >= VERBS:
        return WHOLE_SCOPE
    return " ".join(sorted(f"{resource}:{verb}" for resource in client.resources for verb in client.verbs))


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
