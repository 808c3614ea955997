"""A ticket opens under its own secret and purpose only, says when it has ended, and has one spelling."""

from datetime import timedelta

import pytest

from shared.configuration.sealing import text_of_bytes
from shared.configuration.tickets import opened, ticket
from shared.kernel.clock import now

SECRET = b"a secret of a test"


@pytest.mark.parametrize(("seconds", "is_over"), [(60, False), (-2, True)])
def test_a_ticket_has_its_content_and_its_end(seconds: int, is_over: bool) -> None:
    made = ticket(SECRET, "files", b"content", now() + timedelta(seconds=seconds))
    assert opened(SECRET, "files", made) == (b"content", is_over)


def test_nothing_else_opens() -> None:
    made = ticket(SECRET, "files", b"content", now() + timedelta(seconds=60))
    others = [
        made[:-1],
        f"{made}=",
        f"{made}A",
        f" {made}",
        f"{made[:9]}!{made[9:]}",
        "",
        "x",
        "é",
        text_of_bytes(b"x" * 40),
    ]
    assert [opened(SECRET, "files", other) for other in others] == [None] * len(others)
    assert opened(b"another", "files", made) is opened(SECRET, "else", made) is None
