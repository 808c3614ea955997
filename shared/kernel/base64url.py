"""Bytes as part of an address or a token: base64url without padding (RFC 4648)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode


def text_of_bytes(content: bytes) -> str:
    """The bytes as text."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes of a text, also of another spelling of them. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def bytes_of_text(text: str) -> bytes | None:
    """The bytes of a text of `text_of_bytes`; None for any other one, also for another spelling of the same bytes."""
    try:
        content = decoded(text)
    except ValueError:
        return None
    return content if text_of_bytes(content) == text else None
