"""Ids sort by the time at which they are made, also within a millisecond."""

import itertools
from uuid import UUID

import pytest

from shared.kernel.ids import is_id, uuid7_bytes

_START_NS = 1_790_000_000_000_000_000
_STEP_NS = 245
"""A little more than what the fraction of a millisecond resolves in 12 bits."""


def test_ids_of_one_millisecond_sort_in_the_order_in_which_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(_START_NS, _STEP_NS)
    monkeypatch.setattr("shared.kernel.ids.time.time_ns", lambda: next(clock))
    ids = [UUID(bytes=uuid7_bytes()) for _ in range(10_000)]
    assert ids == sorted(ids)
    assert {(one.version, one.variant) for one in ids} == {(7, "specified in RFC 4122")}
    milliseconds = [one.int >> 80 for one in ids]
    assert milliseconds == [(_START_NS + place * _STEP_NS) // 1_000_000 for place in range(10_000)]


def test_ids_of_one_instant_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.kernel.ids.time.time_ns", lambda: _START_NS)
    assert len({uuid7_bytes() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("text", "whether"),
    [
        ("01935b2e-0000-7000-8000-000000000001", True),
        ("01935B2E-0000-7000-8000-000000000001", False),
        ("01935b2e000070008000000000000001", False),
        ("{01935b2e-0000-7000-8000-000000000001}", False),
        ("EXP-000001", False),
        ("", False),
    ],
)
def test_an_id_is_known_as_this_system_writes_it(text: str, whether: bool) -> None:
    assert is_id(text) is whether
