"""Counting repetitions in a file."""

from collections import Counter
from hashlib import blake2b
from random import Random

from shared.bulk.repeats import RepeatCounter


def test_each_time_has_its_number() -> None:
    dice = Random(7)
    repeats, expected = RepeatCounter(20_000), Counter[bytes]()
    for _ in range(50_000):
        digest = blake2b(str(dice.randrange(20_000)).encode(), digest_size=16).digest()
        expected[digest] += 1
        assert repeats.number(digest) == expected[digest]


def test_digests_that_want_one_place_are_distinguished() -> None:
    repeats = RepeatCounter(999)
    digests = [n.to_bytes(4, "big") + bytes(12) for n in range(1, 1000)]
    assert [repeats.number(digest) for digest in digests * 2] == [1] * 999 + [2] * 999
