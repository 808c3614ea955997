"""The cookies of the console: their names, what a request brings, and the headers that set them."""

from collections.abc import Mapping, Sequence

from fastapi import Request

LARGEST = 4000
"""Characters of a cookie with its name: browsers drop one of more than 4,096."""
SIGN_IN_LIFE = 600
"""Seconds that a person may take to sign in."""
KEPT_LIFE = 1800
"""Seconds for which what was entered is kept while a person signs in again."""
KEPT_PARTS = 3
RESUME = "/console/resume"


def name_of(issuer: str, part: str = "") -> str:
    """The name of a cookie. Browsers take `__Host-` from the very host alone, over TLS, for all paths; plain loopback
    has no TLS."""
    name = f"console-{part}" if part else "console"
    return f"__Host-{name}" if issuer.startswith("https://") else name


def kept_names(issuer: str) -> list[str]:
    """The names of the parts of what was entered. They have a path, so that the requests of one page alone bring
    them."""
    prefix = "__Secure-" if issuer.startswith("https://") else ""
    return [f"{prefix}console-kept-{number}" for number in range(KEPT_PARTS)]


def cookies_of(request: Request) -> dict[str, str]:
    """The cookies of a request that occur once: of one that occurs twice, somebody else set one."""
    headers = [value.decode("latin-1") for key, value in request.scope["headers"] if key == b"cookie"]
    pairs = [pair.strip().partition("=") for header in headers for pair in header.split(";")]
    names = [name for name, _, _ in pairs]
    return {name: value for name, _, value in pairs if names.count(name) == 1}


def setting(name: str, value: str, *, path: str = "/", seconds: int | None = None) -> str:
    """The header that sets a cookie, until the browser ends or for so many seconds; an empty value removes it."""
    attributes = [f"Path={path}", "HttpOnly", "SameSite=Lax"]
    attributes += ["Secure"] if name.startswith("__") else []
    lasting = 0 if not value else seconds
    attributes += [f"Max-Age={lasting}"] if lasting is not None else []
    return "; ".join((f"{name}={value}", *attributes))


def in_parts(issuer: str, text: str) -> list[str] | None:
    """The headers that keep a text in several cookies; None if it is too long for them."""
    names = kept_names(issuer)
    size = LARGEST - max(map(len, names)) - 120
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    if len(parts) > len(names):
        return None
    return [
        setting(name, part, path=RESUME, seconds=KEPT_LIFE)
        for name, part in zip(names, [*parts, *[""] * (len(names) - len(parts))], strict=True)
    ]


def from_parts(issuer: str, given: Mapping[str, str]) -> str:
    """The text that several cookies keep; empty without any."""
    return "".join(given.get(name, "") for name in kept_names(issuer))


def forgetting(issuer: str) -> Sequence[str]:
    """The headers that remove what was kept."""
    return [setting(name, "", path=RESUME) for name in kept_names(issuer)]
