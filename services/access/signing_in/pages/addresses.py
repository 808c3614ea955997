"""The addresses of the pages, which the edge sends to this service."""

from collections.abc import Mapping
from urllib.parse import urlencode

SIGN_IN, CONSENT, ACCOUNT, SIGNED_OUT = "/access/sign-in", "/access/consent", "/access/account", "/access/signed-out"
FACTOR, SCRIPT = "/access/factor", "/access/passkeys.js"
AUTHORIZE, END_SESSION = "/access/v1/oauth/authorize", "/access/v1/oauth/end_session"
PAGES_OF_PEOPLE = (SIGN_IN, FACTOR, CONSENT, ACCOUNT, SIGNED_OUT, AUTHORIZE, END_SESSION)
"""Where failures are pages, too."""


def with_query(address: str, values: Mapping[str, str]) -> str:
    """The address with further parameters."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}" if values else address
