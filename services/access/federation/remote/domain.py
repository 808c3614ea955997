"""What an identity provider says of itself (OpenID Connect Discovery, 3), and what is needed of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.auth.signatures import ALGORITHMS

SIGNS, SECRET = "private_key_jwt", "secret"
"""How this system authenticates to a provider."""
DOCUMENT = "/.well-known/openid-configuration"


class Unusable(Exception):
    """A provider that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """The endpoints of a provider, and what it announces. `basic`: a secret is sent by HTTP Basic."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    answers_with_issuer: bool
    basic: bool


def read(document: object, issuer: str) -> Discovery:
    """The discovery document of an issuer. Raises Unusable for one that is of another issuer, or lacks an endpoint,
    codes or a known algorithm."""
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise Unusable("The discovery document is of another issuer.")
    leads, tokens, keys = (document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
    if not (isinstance(leads, str) and isinstance(tokens, str) and isinstance(keys, str)):
        raise Unusable("The discovery document lacks an endpoint.")
    _require_one(document, "response_types_supported", ("code",))
    _require_one(document, "id_token_signing_alg_values_supported", ALGORITHMS)
    if "code_challenge_methods_supported" in document:
        _require_one(document, "code_challenge_methods_supported", ("S256",))
    return Discovery(
        issuer,
        leads,
        tokens,
        keys,
        document.get("authorization_response_iss_parameter_supported") is True,
        "client_secret_basic" in _listed(document, "token_endpoint_auth_methods_supported", ["client_secret_basic"]),
    )


def require_authentication(document: Mapping[str, object], auth: str) -> None:
    """Raises Unusable if the provider does not announce this way to authenticate to it."""
    methods = ("private_key_jwt",) if auth == SIGNS else ("client_secret_basic", "client_secret_post")
    default = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
    _require_one({**default, **document}, "token_endpoint_auth_methods_supported", methods)


def _require_one(document: Mapping[str, object], name: str, known: tuple[str, ...]) -> None:
    if not set(known) & set(_listed(document, name, [])):
        raise Unusable(f"`{name}` has none of: {', '.join(known)}.")


def _listed(document: Mapping[str, object], name: str, default: list[str]) -> list[str]:
    found = document.get(name, default)
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
