"""Cursors and positions: they disclose nothing, belong to one list, and are equal for the same position."""

import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text, Uuid, column

from shared.kernel.errors import Malformed
from shared.records.cursors import make_cursor, read_cursor

_SECRET = b"a secret of some length for tests"
_LIST = b"/membership/v1/experts?sort=display_name"
_KEYS = [column("name", Text), column("id", Uuid)]
_ID = UUID("0199aaaa-0000-7000-8000-000000000001")


@given(st.text(min_size=1, max_size=200))
def test_a_place_is_read_back_and_its_values_do_not_stand_in_it(name: str) -> None:
    cursor = make_cursor([name, _ID], _LIST, _SECRET)
    assert read_cursor(cursor, _LIST, _SECRET, _KEYS) == (name, _ID)
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    assert str(_ID).encode() not in raw
    assert len(name) < 4 or name.encode() not in raw
    assert make_cursor([name, _ID], _LIST, _SECRET) == cursor


def test_positions_of_events_do_not_disclose_how_many_lie_between() -> None:
    sealed = [make_cursor([f"{n:012d}"], b"/access/v1/events", _SECRET) for n in range(1000)]
    assert len(set(sealed)) == 1000
    assert len({len(text) for text in sealed}) == 1
    beginnings = {text[:4] for text in sealed}
    assert len(beginnings) > 900
    assert sorted(sealed) != sealed


@pytest.mark.parametrize("other", [b"/membership/v1/experts", b"/membership/v1/experts?sort=-display_name", b""])
def test_a_place_of_another_list_is_refused(other: bytes) -> None:
    cursor = make_cursor(["x", _ID], _LIST, _SECRET)
    for bound_to, secret in ((other, _SECRET), (_LIST, b"another secret")):
        with pytest.raises(Malformed) as refused:
            read_cursor(cursor, bound_to, secret, _KEYS)
        assert refused.value.code == "invalid_cursor"


def test_a_changed_or_plain_place_is_refused() -> None:
    cursor = make_cursor(["x", _ID], _LIST, _SECRET)
    plain = base64.urlsafe_b64encode(b"0" * 12 + b'["x","0199aaaa-0000-7000-8000-000000000001"]').decode().rstrip("=")
    turned = [cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :] for n in range(len(cursor))]
    for changed in (*turned, plain, "", "x", cursor[:-1], f"{cursor}A"):
        with pytest.raises(Malformed):
            read_cursor(changed, _LIST, _SECRET, _KEYS)
