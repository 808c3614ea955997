"""The cookie of a browser, and the tokens of its forms."""

import hmac
import secrets
from collections.abc import Iterable


def cookie_name(issuer: str) -> str:
    """The name of the cookie. Browsers take `__Host-` from the very host alone, over TLS, for all paths; plain loopback
    has no TLS."""
    return "__Host-escm" if issuer.startswith("https://") else "escm"


def new_cookie() -> str:
    """A value of 256 random bits."""
    return secrets.token_urlsafe(32)


def cookie_in(headers: Iterable[bytes], name: str) -> str | None:
    """The value of the cookie in the `Cookie` headers. None if it occurs twice: somebody else set one of them."""
    pairs = [pair.strip() for header in headers for pair in header.decode("latin-1").split(";")]
    found = [pair.partition("=")[2] for pair in pairs if pair.partition("=")[0] == name]
    return found[0] if len(found) == 1 and 20 <= len(found[0]) <= 100 else None


def cookie_header(name: str, value: str) -> str:
    """The header that sets the cookie; an empty value removes it."""
    attributes = ["Path=/", "HttpOnly", "SameSite=Lax"]
    attributes += ["Secure"] if name.startswith("__Host-") else []
    attributes += [] if value else ["Max-Age=0"]
    return "; ".join((f"{name}={value}", *attributes))


def form_token(key: bytes, cookie: str) -> str:
    """The token of the forms of a browser, which no page of another site can read."""
    return hmac.digest(key, cookie.encode(), "sha256").hex()


def is_form_token(key: bytes, cookie: str, given: str) -> bool:
    """Whether the form was made for this browser."""
    return given.isascii() and hmac.compare_digest(form_token(key, cookie), given)
