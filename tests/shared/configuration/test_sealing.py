"""Sealed content opens under its own secret, purpose and name only."""

import pytest

from shared.configuration.sealing import Sealer

SECRET = b"a secret of a test"


def test_sealed_content_opens_again() -> None:
    assert Sealer(SECRET, "tickets").open(Sealer(SECRET, "tickets").seal(b"content", "one"), "one") == b"content"


@pytest.mark.parametrize(
    ("secret", "purpose", "name"), [(b"another", "tickets", "one"), (SECRET, "x", "one"), (SECRET, "tickets", "two")]
)
def test_it_does_not_open_otherwise(secret: bytes, purpose: str, name: str) -> None:
    assert Sealer(secret, purpose).open(Sealer(SECRET, "tickets").seal(b"content", "one"), name) is None


@pytest.mark.parametrize("length", [0, 1, 11, 12, 13])
def test_content_that_is_too_short_does_not_open(length: int) -> None:
    assert Sealer(SECRET, "tickets").open(b"x" * length, "one") is None
