"""A row of JSON with a repeated key fails, in a list of lines and in an array; the others are read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bulk.reading import _ndjson_rows
from shared.web.edge.body import repeats_a_key

_ROWS = (
    '{"full_name": "One", "country": "XA"}',
    '{"full_name": "Two", "country": "XA", "country": "XB"}',
    '{"full_name": "http://three.example", "country": "XA"}',
    '{"full_name": "Four", "emails": [{"value": "a", "value": "b"}]}',
)


@pytest.mark.parametrize("text", ["\n".join(_ROWS), f"[{', '.join(_ROWS)}]"])
def test_such_rows_fail_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rows"
    path.write_text(text)
    rows = list(_ndjson_rows(path))
    assert [row.fault.code if row.fault else None for row in rows] == [None, "malformed_json", None, "malformed_json"]


@pytest.mark.parametrize("text", [b"", b"{", b'{"a": 1}', b'[{"a": 1}, {"a": 1}]', b'{"a": {"a": 1}}', b"9" * 5000])
def test_other_texts_are_not_taken_for_it(text: bytes) -> None:
    assert not repeats_a_key(text)


_NAMES = st.sampled_from(["a", "b", 'c":', "d :", "e\\"])
_SPACES = st.sampled_from(["", " ", "\t", "\n ", "\r"])
_SCALARS = st.sampled_from(['":', " :", "\\", "x:y", "é", 1, None]).map(json.dumps)


def _array(values: list[str]) -> str:
    return f"[{','.join(values)}]"


def _objects(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.tuples(_NAMES, _SPACES, values).map(lambda of: f"{json.dumps(of[0])}{of[1]}:{of[2]}")
    return st.lists(members, max_size=3).map(lambda some: f"{{{','.join(some)}}}")


@given(st.recursive(_SCALARS, lambda inner: _objects(inner) | st.lists(inner, max_size=3).map(_array), max_leaves=12))
def test_it_is_found_whatever_the_keys_and_texts_hold(text: str) -> None:
    found = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal found
        found = found or len(dict(pairs)) < len(pairs)

    json.loads(text, object_pairs_hook=look)
    assert repeats_a_key(text) == repeats_a_key(bytearray(text, "utf-8")) == found
