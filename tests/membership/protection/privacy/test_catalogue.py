"""Promise 40, first half: the catalogue states for every column whether an export about a person contains it, and why
not."""

from collections.abc import Iterator

import asyncpg

from services.access import personal as access
from services.actions import personal as actions
from services.centres import personal as centres
from services.membership.protection.privacy import catalogue as membership
from shared.records.personal import PersonalTable

_OWNERS = {"member_": membership, "core_": membership, "centre_": centres, "action_": actions, "access_": access}
_COLUMNS = """
SELECT c.relname AS name, a.attname AS column FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'escm'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND a.attnum > 0 AND NOT a.attisdropped
"""


def _tables() -> Iterator[PersonalTable]:
    for owner in {id(owner): owner for owner in _OWNERS.values()}.values():
        yield from owner.PARTS.values()
        yield from owner.ALSO_PERSONAL
        yield from (PersonalTable(name, tuple(columns.split()), {}) for name, columns in owner.IMPERSONAL.items())


async def test_every_column_is_in_a_catalogue_once(superuser: asyncpg.Connection) -> None:
    kept = sorted((row["name"], row["column"]) for row in await superuser.fetch(_COLUMNS))
    assert sorted((table.name, column) for table in _tables() for column in table.columns) == kept


def test_every_table_is_in_the_catalogue_of_its_owner() -> None:
    for prefix, owner in _OWNERS.items():
        names = [table.name for table in (*owner.PARTS.values(), *owner.ALSO_PERSONAL)] + list(owner.IMPERSONAL)
        others = {name for name in names if not name.startswith(tuple(p for p, o in _OWNERS.items() if o is owner))}
        assert others == set(), prefix


def test_what_is_left_out_has_a_reason() -> None:
    assert [table.name for table in _tables() if not all(reason.strip() for reason in table.left_out)] == []
