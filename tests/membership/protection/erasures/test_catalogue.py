"""What stays of an erased person is what a catalogue names: everything else becomes empty or is deleted."""

from services.access import erasing as access
from services.access import personal
from services.membership.protection.erasures import removal
from services.membership.protection.privacy.catalogue import ALSO_PERSONAL, PARTS, TOMBSTONE
from shared.records.erasing import ErasableRows
from shared.records.personal import PersonalTable


def test_every_table_of_the_catalogues_is_erased_or_has_a_reason() -> None:
    assert {entry.name for entry in ALSO_PERSONAL} == removal.NAMED_TABLES
    assert removal.ROWS.keys() | {"history"} == PARTS.keys() | {"internal_messages"}
    assert {entry.name for entry in personal.ALSO_PERSONAL} == access.UNTIL_EXPIRY
    assert access.ROWS.keys() == personal.PARTS.keys()


def test_every_column_that_does_not_stay_has_an_empty_value() -> None:
    for rows in (*removal.ROWS.values(), *access.ROWS.values()):
        if rows.entry.retained:
            assert rows.emptied.keys() | set(rows.entry.retained) == set(rows.entry.columns), rows.entry.name


def test_a_column_that_nobody_names_becomes_empty() -> None:
    expert = removal.ROWS["expert"]
    assert set(expert.emptied) == set(PARTS["expert"].columns) - set(TOMBSTONE.split()) | {"visibility"}
    forgotten = PersonalTable("member_expert", ("id", "gender", "keywords"), {}, ("id",))
    assert ErasableRows(forgotten, "true").emptied == {"gender": "NULL", "keywords": "'{}'"}
