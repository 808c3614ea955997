"""Signing in with the browser of this machine: a code with PKCE, which comes to a port of loopback (RFC 8252)."""

import base64
import hashlib
import secrets
import time
import webbrowser
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from ..credentials import Renewed, Session, tokens
from ..transport import Transport

COMMAND_LINE = "escm-cli"
PATIENCE = 300.0
"""Seconds within which the person signs in."""
_METADATA = "/.well-known/oauth-authorization-server"
_DONE = b"<!doctype html><meta charset=utf-8><title>ESCM</title><p>You can close this window and go on in the shell."


class SignInFailed(OSError):
    """The browser did not come back with a code."""


class Browser(Session):
    """A person who signs in with the browser of this machine. `show` gets the address that the browser opens. The first
    request waits for the person; raises SignInFailed."""

    def __init__(self, show: Callable[[str], object], renewed: Renewed | None = None) -> None:
        super().__init__({"client_id": COMMAND_LINE}, renewed)
        self._show = show

    def _request(self, transport: Transport) -> dict[str, Any]:
        if self._refresh:
            return super()._request(transport)
        metadata = transport.send("GET", _METADATA, anonymous=True).json()
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        with _Listener() as listener:
            asked = {
                "response_type": "code",
                "client_id": COMMAND_LINE,
                "redirect_uri": listener.address,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
                "state": state,
            }
            address = f"{metadata['authorization_endpoint']}?{urlencode(asked)}"
            self._show(address)
            webbrowser.open(address)
            answer = listener.wait(state)
        if answer.get("iss") != metadata["issuer"]:
            raise SignInFailed("the answer is not of this system")
        if "code" not in answer:
            raise SignInFailed(f"the sign-in was refused: {answer.get('error', 'without a reason')}")
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": listener.address,
            "code_verifier": verifier,
            "client_id": COMMAND_LINE,
        }
        return tokens(transport, form)


class _Listener(HTTPServer):
    """Waits on a port of loopback for the browser that comes back."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Callback)
        self.address = f"http://127.0.0.1:{self.server_port}/callback"
        self.answer: dict[str, str] = {}

    def wait(self, state: str) -> dict[str, str]:
        """What the browser brings. Requests without the state are of somebody else, and ignored."""
        until = time.monotonic() + PATIENCE
        while self.answer.get("state") != state:
            self.timeout = until - time.monotonic()
            if self.timeout <= 0:
                raise SignInFailed("nobody signed in within five minutes")
            self.handle_request()
        return self.answer


class _Callback(BaseHTTPRequestHandler):
    server: _Listener
    timeout = 5

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        found = asked.path == "/callback"
        if found:
            self.server.answer = {name: values[0] for name, values in parse_qs(asked.query).items()}
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(_DONE if found else b"")

    def log_message(self, *_: object) -> None:
        """Writes nothing: the address has the code."""
