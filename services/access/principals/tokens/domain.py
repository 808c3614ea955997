"""How clients and people authenticate, and how long they wait after failures."""

import hashlib
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict
from urllib.parse import parse_qsl, unquote_plus

from shared.auth.narrowing import WHOLE_SCOPE
from shared.kernel.addresses import site_of
from shared.kernel.errors import Malformed, Unauthenticated

FORM = "application/x-www-form-urlencoded"
LONGEST_FORM = 16 * 1024
FREE_FAILURES = 5
"""Wrong passwords in a row without a lock. Each further one locks the account for the network of the attempt: for 30 s,
twice as long every time. The owner can sign in from other networks."""
CEILING = 50
"""Wrong passwords of an account from all networks together, after which the first failure from a network locks it. The
right password from a network without a lock is accepted."""
NEVER_LOCKED = 2_000_000_000
"""The free failures of the count over all networks: so many that it never locks."""
FIRST_LOCK, LONGEST_LOCK = 30, 900
FORGOTTEN_AFTER = 3600
"""Seconds without an attempt after which earlier failures no longer count."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PERSON_SCOPE = WHOLE_SCOPE
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
"""The event of tokens that say that a session ended."""

_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]{1,200}")


@dataclass(frozen=True, slots=True)
class Secret:
    """Credentials of a client with a secret."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """Credentials of a client that signs (RFC 7523). `client_id` is that of the form, if it has one."""

    client_id: str | None
    token: str


class TokenResponse(TypedDict):
    """The response to a token request (RFC 6749, 5.1). Times are in seconds."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: NotRequired[str]
    refresh_expires_in: NotRequired[int]
    id_token: NotRequired[str]


class InvalidClient(Unauthenticated):
    """The credentials are wrong, the client may not use this address, or it is no longer active."""

    code = "invalid_client"

    def __init__(self, detail: str = "The client could not be authenticated.") -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Basic realm="escm"'})


def invalid_request(detail: str) -> Malformed:
    """A request that RFC 6749 does not define."""
    return Malformed(detail, code="invalid_request")


def invalid_grant(detail: str = "The e-mail address or the password is wrong.") -> Malformed:
    """A wrong password, an unknown address or an account that may not be used: the response does not say which."""
    return Malformed(detail, code="invalid_grant")


def unauthorized_client() -> Malformed:
    """The error for a client that asks for a token in a way that it is not registered for."""
    return Malformed("The client is not registered for this grant type.", code="unauthorized_client")


def is_this_api(resource: str, issuer: str) -> bool:
    """Whether a resource (RFC 8707), which tokens are asked for, is this API: the only one that they are given for."""
    return resource.rstrip("/") == issuer.rstrip("/")


def require_this_api(form: Mapping[str, str], issuer: str) -> None:
    """Raises Malformed `invalid_target` for a token that is asked for another resource."""
    if not is_this_api(form.get("resource", issuer), issuer):
        raise Malformed("The resource is this API, as its metadata name it.", code="invalid_target")


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form. Raises Malformed `invalid_request` for a repeated field or a body that is not a form."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise invalid_request("The body is not a form.") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise invalid_request("A field occurs twice.")
    return {name: value for name, value in form.items() if value}


def client_credentials(authorization: str | None, form: Mapping[str, str]) -> Secret | Assertion | None:
    """The client's credentials, sent in one of the three ways, or None.

    Raises Malformed `invalid_request` for two ways at once, InvalidClient for credentials that cannot be parsed.
    """
    ways = [way for way in (authorization, form.get("client_secret"), form.get("client_assertion")) if way is not None]
    if len(ways) > 1:
        raise invalid_request("Authenticate the client in one way only.")
    if authorization is not None:
        found = _basic(authorization)
        if form.get("client_id", found.client_id) != found.client_id:
            raise invalid_request("The form names another client.")
        return found
    if "client_assertion" in form:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise invalid_request(f"client_assertion_type must be {ASSERTION_TYPE}.")
        return Assertion(form.get("client_id"), form["client_assertion"])
    if "client_secret" in form:
        return _secret(form.get("client_id", ""), form["client_secret"])
    return None


def _basic(authorization: str) -> Secret:
    scheme, _, encoded = authorization.partition(" ")
    try:
        client_id, colon, secret = b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (NotBase64, ValueError) as error:
        raise InvalidClient from error
    if scheme.lower() != "basic" or not colon:
        raise InvalidClient
    return _secret(unquote_plus(client_id), unquote_plus(secret))


def _secret(client_id: str, secret: str) -> Secret:
    if not _UNRESERVED.fullmatch(client_id) or not _UNRESERVED.fullmatch(secret):
        raise InvalidClient
    return Secret(client_id, secret)


@dataclass(frozen=True, slots=True)
class LoginKeys:
    """The keys of the counters of wrong passwords: the account from this network, the account from anywhere, and the
    network over all accounts. Digests, so that no address is stored."""

    here: bytes
    anywhere: bytes
    place: bytes


def login_keys(email_key: str, address: str) -> LoginKeys:
    """The keys of a login to an account, known or not, from an address."""
    place = site_of(address)
    texts = (f"{email_key}\n{place}", email_key, f"place\n{place}")
    return LoginKeys(*(hashlib.sha256(text.encode()).digest() for text in texts))
