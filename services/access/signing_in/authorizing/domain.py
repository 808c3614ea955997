"""What a client asks of a person's browser (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1), and the answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from services.access.principals.clients.domain import AUTHORIZATION_CODE, is_registered, whole_scope
from services.access.principals.clients.record import Client
from services.access.principals.codes.domain import is_challenge
from services.access.principals.tokens.domain import is_this_api
from services.access.signing_in.pages.addresses import with_query
from shared.kernel.errors import Malformed
from shared.kernel.step_up import Level
from shared.kernel.text import LANGUAGES

LONGEST_QUERY = 4096
_LONGEST_VALUE = 1024
_PROMPTS = frozenset(("none", "login", "consent", "select_account"))
_LOGIN = frozenset(("login", "select_account"))
_READS, _WRITES = "*:read", "*:write"
OPENID = "openid"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came: its query, when the person came with it, and whether the client had pushed it before."""

    query: str
    at: datetime
    is_pushed: bool = False


@dataclass(frozen=True, slots=True)
class CodeBinding:
    """What a code is bound to: the challenge of a verifier, a nonce, and the thumbprint of a key."""

    challenge: str
    nonce: str | None
    thumbprint: str | None


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that is right. `level` is the weakest sign-in that `acr_values` name."""

    client: Client
    redirect_uri: str
    state: str | None
    scope: str
    bound: CodeBinding
    prompt: frozenset[str]
    max_age: int | None
    level: Level
    login_hint: str
    language: str | None
    arrival: Arrival

    @property
    def is_silent(self) -> bool:
        """Whether the person may not be asked anything."""
        return "none" in self.prompt

    @property
    def wants_new_sign_in(self) -> bool:
        """Whether an earlier sign-in, here or at a provider, may not be enough."""
        return self.max_age is not None or self.wants_sign_in or self.level is not Level.ONE_FACTOR

    @property
    def wants_sign_in(self) -> bool:
        """Whether the person is to show all again."""
        return bool(self.prompt & _LOGIN)

    def lacks_level(self, signed_in_at: datetime, level: Level) -> bool:
        """Whether the person has signed in for this request, and not surely enough."""
        return signed_in_at >= self.arrival.at and not level.reaches(self.level)

    def is_met_by(self, signed_in_at: datetime, level: Level, at: datetime) -> bool:
        """Whether a sign-in at that time is young and sure enough."""
        if not level.reaches(self.level):
            return False
        if signed_in_at >= self.arrival.at:
            return True
        is_young = self.max_age is None or at - signed_in_at <= timedelta(seconds=self.max_age)
        return is_young and not self.prompt & _LOGIN


class Refused(Exception):
    """The client learns, at its own address, why there is no code: an error of RFC 6749 or OpenID Connect."""

    def __init__(self, error: str, description: str, redirect_uri: str, state: str | None) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.redirect_uri = redirect_uri
        self.state = state


def unregistered() -> Malformed:
    """The error for a client or an address that is not known: nobody is sent anywhere."""
    return Malformed("The client or its address is not registered here.", code="unregistered_redirect")


def parameters(query: str) -> dict[str, list[str]]:
    """The parameters of a query, each with all its values. Raises Malformed for a long or broken one."""
    if len(query) > LONGEST_QUERY:
        raise Malformed(f"The request has at most {LONGEST_QUERY} characters.", code="unregistered_redirect")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=40)
    except ValueError:
        raise unregistered() from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def client_named(given: Mapping[str, list[str]]) -> str:
    """The client of the request. Raises Malformed."""
    names = given.get("client_id", [])
    if len(names) != 1 or not 0 < len(names[0]) <= 200 or not names[0].isprintable():
        raise unregistered()
    return names[0]


def read(given: Mapping[str, list[str]], client: Client | None, arrival: Arrival, issuer: str) -> AuthorizationRequest:
    """The request. The addresses of our own pages are registered without an origin.

    Raises Malformed until client and address are known to be right, and Refused from then on.
    """
    addresses = given.get("redirect_uri", [])
    origin, registered = issuer.rstrip("/"), client.redirect_uris if client else ()
    known = [f"{origin}{each}" if each.startswith("/") else each for each in registered]
    if client is None or len(addresses) != 1 or not is_registered(addresses[0], known):
        raise unregistered()
    address, states = addresses[0], given.get("state", [])
    state = states[0] if len(states) == 1 else None

    def refused(error: str, description: str) -> Refused:
        return Refused(error, description, address, state)

    resources = given.get("resource", [])
    twice = [name for name, values in given.items() if len(values) > 1 and values is not resources]
    if twice or any(len(value) > _LONGEST_VALUE for values in given.values() for value in values):
        raise refused("invalid_request", "A parameter occurs twice or is too long.")
    one = {name: values[0] for name, values in given.items() if values[0]}
    if fault := _fault(one, client):
        raise refused(*fault)
    if client.require_par and not arrival.is_pushed:
        raise refused("invalid_request", "This client sends its requests to oauth/par first.")
    if not all(is_this_api(each, issuer) for each in resources):
        raise refused("invalid_target", "The resource is this API, as its metadata name it.")
    scope = scope_of(one.get("scope", ""), client)
    if scope is None:
        raise refused("invalid_scope", "The scope is unknown, or wider than that of the client.")
    return AuthorizationRequest(
        client,
        address,
        state,
        scope,
        CodeBinding(one["code_challenge"], one.get("nonce"), one.get("dpop_jkt")),
        frozenset(one.get("prompt", "").split()),
        int(one["max_age"]) if "max_age" in one else None,
        _level(one.get("acr_values", "")),
        one.get("login_hint", "")[:254],
        next((tag for tag in _tags(one.get("ui_locales", "")) if tag in LANGUAGES), None),
        arrival,
    )


def _fault(one: Mapping[str, str], client: Client) -> tuple[str, str] | None:
    """The first fault of the request that is not about its scope."""
    prompts = set(one.get("prompt", "").split())
    faults: Sequence[tuple[bool, str, str]] = (
        ("request" in one, "request_not_supported", "Send the parameters themselves."),
        ("request_uri" in one, "request_uri_not_supported", "Send the parameters themselves, or to oauth/par."),
        (one.get("response_type") != "code", "unsupported_response_type", "response_type is code."),
        (one.get("response_mode", "query") != "query", "invalid_request", "response_mode is query."),
        (one.get("code_challenge_method") != "S256", "invalid_request", "code_challenge_method is S256."),
        (not is_challenge(one.get("code_challenge", "")), "invalid_request", "code_challenge has 43 characters."),
        (not is_challenge(one.get("dpop_jkt", "0" * 43)), "invalid_request", "dpop_jkt has 43 characters."),
        (not prompts <= _PROMPTS, "invalid_request", "prompt has an unknown value."),
        ("none" in prompts and len(prompts) > 1, "invalid_request", "prompt=none stands alone."),
        (not _is_seconds(one.get("max_age", "0")), "invalid_request", "max_age is a number of seconds."),
        (AUTHORIZATION_CODE not in client.grants, "unauthorized_client", "People do not sign in to this client."),
        (client.sandbox, "unauthorized_client", "People do not sign in to a client of the sandbox."),
    )
    return next(((error, why) for is_so, error, why in faults if is_so), None)


def _level(acr_values: str) -> Level:
    """The weakest level that is named; names that are not ours count for nothing."""
    named = set(acr_values.split())
    return next((level for level in Level if level in named), Level.ONE_FACTOR)


def _is_seconds(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def scope_of(asked: str, client: Client) -> str | None:
    """What the client is to be given of what it asks for; None for more than it is registered for. Without a resource,
    all of it."""
    whole = set(whole_scope(client).split())
    words = set(asked.split()) - {"offline_access"}
    verbs = words & {_READS, _WRITES}
    named = words - verbs - {OPENID}
    if not all(_is_within(word, whole) for word in named):
        return None
    if not named and not verbs:
        verbs = {_READS, _WRITES}
    wide = {word for word in whole if f"*:{word.rpartition(':')[2]}" in verbs}
    return " ".join(sorted(named | wide | (words & {OPENID}))) if named | wide else None


def _is_within(word: str, whole: set[str]) -> bool:
    resource, _, verb = word.partition(":")
    service = resource.partition(".")[0]
    return not whole.isdisjoint({word, f"{service}.*:{verb}", f"*:{verb}"}) and bool(verb)


def _tags(locales: str) -> list[str]:
    return [tag.partition("-")[0].lower() for tag in locales.split()]


def back(redirect_uri: str, issuer: str, state: str | None, **answer: str) -> str:
    """The client's address with the answer, and with who answers (RFC 9207)."""
    values = {**answer, **({"state": state} if state is not None else {}), "iss": issuer}
    return with_query(redirect_uri, values)
