"""Who calls: a client with a secret or a signed key, an API key, or a person."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from .errors import InvalidRequest, Unauthenticated
from .transport import Form, Transport

if TYPE_CHECKING:
    from joserfc.jwk import ECKey, RSAKey

TOKEN = "/access/v1/oauth/token"  # noqa: S105 (an address)
_EARLY = 30.0
Renewed = Callable[[dict[str, Any]], object]
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Credentials:
    """Gets access tokens: the next one when the present one is about to end, or is refused. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token, self._until, self.scheme = "", 0.0, "Bearer"

    def token(self, transport: Transport) -> str:
        """The present access token. Raises Unauthenticated."""
        with self._lock:
            if not self._token or time.time() > self._until - _EARLY:
                self._keep(self._request(transport))
            return self._token

    def refused(self, token: str) -> bool:
        """Forgets this token; always True, since the next one may be accepted."""
        with self._lock:
            if self._token == token:
                self._token = ""
        return True

    def _keep(self, granted: dict[str, Any]) -> None:
        self._token, self._until = str(granted["access_token"]), time.time() + float(granted["expires_in"])
        self.scheme = str(granted.get("token_type", "Bearer"))

    def _request(self, _transport: Transport) -> dict[str, Any]:
        """The response to a request for a token. Raises Unauthenticated, here for who has nothing to get one with."""
        raise Unauthenticated({"status": 401, "code": "invalid_token", "title": "The key is empty"})


class ClientSecret(Credentials):
    """A client with a secret."""

    def __init__(self, client_id: str, secret: str) -> None:
        super().__init__()
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}

    def _request(self, transport: Transport) -> dict[str, Any]:
        return tokens(transport, self._form)


class SignedKey(Credentials):
    """A client that registered public keys (`private_key_jwt`). `key` is the private one as PEM, or the path of its
    file: of P-256 or RSA. `key_id` is the `kid` of the registered one. Needs `escm-client[crypto]`."""

    def __init__(self, client_id: str, key: str | bytes | Path, key_id: str | None = None, audience: str = "") -> None:
        super().__init__()
        self._id, self._key, self._audience = client_id, _private(key), audience
        self._header = {"typ": "JWT"} | ({"kid": key_id} if key_id else {})

    def _request(self, transport: Transport) -> dict[str, Any]:
        audience = self._audience or str(transport.http.base_url.join(TOKEN))
        return tokens(transport, lambda: self._form(audience))

    def _form(self, audience: str) -> dict[str, str]:
        now = int(time.time())
        claims = {"iss": self._id, "sub": self._id, "aud": audience, "iat": now, "exp": now + 60, "jti": str(uuid4())}
        kinds = {"grant_type": "client_credentials", "client_assertion_type": _ASSERTION}
        return {**kinds, "client_assertion": signed(self._key, self._header, claims)}


class ApiKey(Credentials):
    """An API key, which is sent as it is."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._token, self._until = key, float("inf")

    def refused(self, _token: str) -> bool:
        """False: there is no other key."""
        return False


class Session(Credentials):
    """A person's session, by its refresh token. Each one can be used once: `renewed` stores what replaces it. `granted`
    is what was stored last, or the response to a login; with `client_id`, the session is of that public client."""

    def __init__(self, granted: dict[str, Any], renewed: Renewed | None = None) -> None:
        super().__init__()
        self._refresh, self._renewed = str(granted.get("refresh_token", "")), renewed
        self._client = {"client_id": str(granted["client_id"])} if "client_id" in granted else {}
        self._token, self._until = str(granted.get("access_token", "")), float(granted.get("until", 0))
        self.scheme = str(granted.get("token_type", "Bearer"))

    def _request(self, transport: Transport) -> dict[str, Any]:
        return tokens(transport, {"grant_type": "refresh_token", "refresh_token": self._refresh, **self._client})

    def _keep(self, granted: dict[str, Any]) -> None:
        super()._keep(granted)
        self._refresh = str(granted["refresh_token"])
        if self._renewed:
            stored = {"refresh_token": self._refresh, "access_token": self._token, "until": self._until}
            self._renewed({**stored, "token_type": self.scheme, **self._client})


class Password(Session):
    """A person with a password, in an installation that has passwords. `label` names the session for its owner."""

    def __init__(self, email: str, password: str, label: str = "escm-client", renewed: Renewed | None = None) -> None:
        super().__init__({}, renewed)
        self._form = {"grant_type": "password", "username": email, "password": password, "label": label}

    def _request(self, transport: Transport) -> dict[str, Any]:
        if self._refresh:
            with suppress(InvalidRequest, Unauthenticated):
                return super()._request(transport)
        return tokens(transport, self._form)


def tokens(transport: Transport, form: Form) -> dict[str, Any]:
    """The response to a request for a token."""
    return dict(transport.send("POST", TOKEN, form=form, anonymous=True).json())


def _private(key: str | bytes | Path) -> "ECKey | RSAKey":
    from joserfc.errors import InvalidKeyTypeError
    from joserfc.jwk import ECKey, RSAKey

    pem = key.read_bytes() if isinstance(key, Path) else key
    try:
        return ECKey.import_key(pem)
    except InvalidKeyTypeError:
        return RSAKey.import_key(pem)


def signed(key: "ECKey | RSAKey", header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A JSON Web Token in its compact form."""
    from joserfc import jwt

    algorithm = "ES256" if key.key_type == "EC" else "PS256"
    return jwt.encode({**header, "alg": algorithm}, claims, key, [algorithm])
