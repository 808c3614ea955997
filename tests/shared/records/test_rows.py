"""A record is made from a row, from a body, and from another record with other values."""

from dataclasses import dataclass, replace
from typing import Annotated

import pytest

from shared.kernel.resource import Resource
from shared.records.record import Document, Internal, Public, Record, Written
from shared.records.rows import columns_of, differing, new_record, record_of, record_read, with_columns


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note(Record):
    resource_type = Resource("tests", "notes", "note")

    title: Annotated[str, Public, Written]
    content: Annotated[Document | None, Public, Written]
    search_key: Annotated[str, Internal]


def test_documents_are_values_in_rows_of_tables_and_text_in_rows_that_were_read() -> None:
    document = {"url": "https://example.org"}
    assert record_of(_Note, {"title": "A", "content": document, "more": 1}).content == document
    assert record_read(_Note, {"title": "A", "content": '{"url":"https://example.org"}'}).content == document
    assert record_read(_Note, {"title": "A", "content": None}).content is None


def test_a_field_whose_column_is_missing_is_not_set() -> None:
    note = record_of(_Note, {"title": "A"})
    assert columns_of(note) == {"title": "A"}
    with pytest.raises(AttributeError, match="search_key"):
        _ = note.search_key


def test_a_new_record_asks_for_what_must_be_given() -> None:
    note = new_record(_Note, {"title": "A", "country": "XA", "visibility": "public"})
    assert (note.content, note.version, note.ref) == (None, 1, "")
    with pytest.raises(AttributeError):
        replace(note, status="draft")
    assert replace(note, status="draft", search_key="a").status == "draft"


def test_what_differs_is_what_is_written() -> None:
    note = new_record(
        _Note, {"title": "A", "country": "XA", "visibility": "public", "status": "draft", "search_key": "a"}
    )
    assert differing(note, note) == {}
    assert differing(note, replace(note, title="B")) == {"title": "B"}
    assert with_columns(note, {"title": "B"}) == replace(note, title="B")
