"""A row of JSON with a key that stands twice fails, in a list of lines and in an array; the others are read."""

from pathlib import Path

import pytest

from shared.bulk.reading import _ndjson_rows
from shared.kernel.json_keys import repeats_a_key

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
