"""The addresses of the pages, which the edge sends to this service."""

from collections.abc import Mapping
from urllib.parse import urlencode

SIGN_IN, CONSENT, ACCOUNT, SIGNED_OUT = "/access/sign-in", "/access/consent", "/access/account", "/access/signed-out"
FACTOR, SCRIPT, DEVICE = "/access/factor", "/access/passkeys.js", "/access/device"
BREAK_GLASS = "/access/break-glass"
AUTHORIZE, END_SESSION = "/access/v1/oauth/authorize", "/access/v1/oauth/end_session"
FEDERATION = "/access/v1/federation"
_PAGES = (SIGN_IN, FACTOR, CONSENT, DEVICE, BREAK_GLASS, ACCOUNT, SIGNED_OUT, AUTHORIZE, END_SESSION)


def is_page_of_people(path: str) -> bool:
    """Whether failures are pages there, too."""
    return path in _PAGES or (path.startswith(FEDERATION) and path.endswith(("/start", "/callback")))


def start_at(code: str) -> str:
    """Where the way to an identity provider begins."""
    return f"{FEDERATION}/{code}/start"


def callback_of(code: str) -> str:
    """Where people come back from an identity provider: an address of its own for each (RFC 9700, 4.4)."""
    return f"{FEDERATION}/{code}/callback"


def with_query(address: str, values: Mapping[str, str]) -> str:
    """The address with further parameters."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}" if values else address
