"""A filter of several values may be given more than once; no other parameter may."""

import pytest

from shared.web.request.route import join_repeated

_SEVERAL = frozenset({"status", "country"})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("status=a&status=b", "status=a%2Cb"),
        ("status=a,b&status=c&limit=2", "limit=2&status=a%2Cb%2Cc"),
        ("status=a&country=XA", "status=a&country=XA"),
        ("limit=1&limit=2", "limit=1&limit=2"),
        ("limit=1&limit=2&status=a&status=", "limit=1&limit=2&status=a%2C"),
        ("q=%E6%B0%B4&status=a&status=b", "q=%E6%B0%B4&status=a%2Cb"),
    ],
)
def test_only_filters_of_several_values_are_joined(given: str, read: str) -> None:
    scope = {"query_string": given.encode()}
    join_repeated(scope, _SEVERAL)
    assert scope["query_string"].decode() == read


def test_a_route_without_them_is_left_alone() -> None:
    scope = {"query_string": b"status=a&status=b"}
    join_repeated(scope, frozenset())
    assert scope["query_string"] == b"status=a&status=b"
