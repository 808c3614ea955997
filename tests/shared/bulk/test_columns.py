"""A cell of a column is read, written and shown again."""

from datetime import date

import pytest

from shared.bulk.columns import DAY, NUMBER, TEXTS, Column, read, shown, written
from shared.bulk.reading import RowFault

COLUMNS = (Column("due", DAY), Column("reason"), Column("weight", NUMBER), Column("title", TEXTS, "titles"))


def test_cells_are_read_as_the_fields_that_they_say() -> None:
    cells = {"due": "2027-03-01", "weight": "2.5", "title": "Soils", "action": "ACT-1"}
    assert read(COLUMNS, cells) == {"due": "2027-03-01", "weight": 2.5, "titles": {"en": "Soils"}}


def test_fields_are_written_as_columns_of_the_table() -> None:
    values = {"due": "2027-03-01", "titles": {"fr": "Sols"}, "of": "another"}
    assert written(COLUMNS, values) == {"due": date(2027, 3, 1), "titles": {"fr": "Sols"}}


def test_a_record_is_shown_under_the_headings() -> None:
    row = {"due": date(2027, 3, 1), "reason": None, "weight": 2.0, "titles": '{"en": "Soils"}', "other": 1}
    assert shown(COLUMNS, row) == {"due": "2027-03-01", "weight": "2", "title": "Soils"}


@pytest.mark.parametrize("texts", ['{"en": "{Soils}"}', '{"en": "Soils", "fr": "Sols"}', '{"fr": "Sols"}'])
def test_texts_that_are_no_plain_english_are_shown_as_json(texts: str) -> None:
    assert TEXTS.show(texts) == texts


@pytest.mark.parametrize(
    ("cells", "code"), [({"weight": "much"}, "invalid_format"), ({"title": '{"en": '}, "malformed_json")]
)
def test_a_cell_that_cannot_be_read_is_a_fault_of_its_heading(cells: dict[str, str], code: str) -> None:
    with pytest.raises(RowFault, match=f"^{next(iter(cells))}: ") as fault:
        read(COLUMNS, cells)
    assert fault.value.code == code
