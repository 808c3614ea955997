"""What production requires of its secrets and of its tokens' issuer."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

SHORTEST_SECRET = 20
_FEWEST_CHARACTERS = 8
_WORDS = re.compile(
    r"password|passwort|secret|change.?me|development|default|example|letmein|qwerty|admin|escm", re.IGNORECASE
)
_RESERVED = (".invalid", ".test", ".example", ".local", ".localhost", ".internal")


def weakness(secret: str | None) -> str | None:
    """What makes a secret guessable; None for a strong one."""
    if not secret:
        return "is not set"
    if len(secret) < SHORTEST_SECRET:
        return f"has fewer than {SHORTEST_SECRET} characters"
    if len(set(secret)) < _FEWEST_CHARACTERS:
        return f"has fewer than {_FEWEST_CHARACTERS} different characters"
    return "contains a common word" if _WORDS.search(secret) else None


def issuer_fault(issuer: str) -> str | None:
    """Why an address cannot be the issuer of tokens (RFC 8414, 2); None if it can."""
    try:
        parts = urlsplit(issuer)
        host = parts.hostname or ""
        has_port = parts.port != 0
    except ValueError:
        return "is not an address"
    if parts.scheme != "https" or not host or not has_port or parts.username is not None:
        return "must be an https:// address with a host and no credentials"
    if parts.query or parts.fragment or "?" in issuer or "#" in issuer:
        return "must have no query and no fragment"
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(_RESERVED) or _is_loopback(name):
        return "names a host that other machines cannot reach"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False
