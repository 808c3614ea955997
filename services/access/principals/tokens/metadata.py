"""What OAuth and OpenID Connect libraries read first: RFC 8414, OpenID Connect Discovery and RFC 9728."""

from collections.abc import Mapping

from services.access.principals.tokens.assertions import ALGORITHMS
from services.access.principals.tokens.operations import grant_types
from services.access.settings import AccessSettings
from shared.auth.keys import ALGORITHM
from shared.kernel.step_up import Level
from shared.kernel.text import LANGUAGES

_WAYS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
_CLAIMS = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"]
OF_OPENID = "/.well-known/openid-configuration"


def authorization_server(settings: AccessSettings) -> Mapping[str, object]:
    """RFC 8414 and OpenID Connect Discovery, 3, as one document."""
    origin = settings.issuer.rstrip("/")
    base = f"{origin}/access/v1"
    found: dict[str, object] = {
        "issuer": settings.issuer,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "pushed_authorization_request_endpoint": f"{base}/oauth/par",
        "require_pushed_authorization_requests": False,
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "end_session_endpoint": f"{base}/oauth/end_session",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "grant_types_supported": grant_types(settings),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "scopes_supported": ["openid", "offline_access"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "dpop_signing_alg_values_supported": [ALGORITHM],
        "acr_values_supported": [str(level) for level in Level],
        "claims_supported": _CLAIMS,
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": list(LANGUAGES),
        "service_documentation": f"{origin}/docs",
        "protected_resources": [settings.issuer],
    }
    if settings.device_codes:
        found["device_authorization_endpoint"] = f"{base}/oauth/device_authorization"
    for endpoint in ("token", "revocation", "introspection"):
        public = [] if endpoint == "introspection" else ["none"]
        found[f"{endpoint}_endpoint_auth_methods_supported"] = [*_WAYS, *public]
        found[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = list(ALGORITHMS)
    return found


def protected_resource(settings: AccessSettings) -> Mapping[str, object]:
    """RFC 9728: which server gives tokens for this API, and how they are sent."""
    origin = settings.issuer.rstrip("/")
    return {
        "resource": settings.issuer,
        "authorization_servers": [settings.issuer],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": [ALGORITHM],
        "dpop_bound_access_tokens_required": False,
        "resource_documentation": f"{origin}/docs",
    }
