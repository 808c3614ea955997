"""The names in the database use the words of the glossary."""

import asyncpg

from tests.architecture.test_glossary import avoided, words

_NAMES = """
SELECT relname FROM pg_class WHERE relnamespace = 'escm'::regnamespace
UNION SELECT attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = 'escm'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION SELECT proname FROM pg_proc WHERE pronamespace = 'escm'::regnamespace
UNION SELECT unnest(proargnames) FROM pg_proc WHERE pronamespace = 'escm'::regnamespace
UNION SELECT conname FROM pg_constraint WHERE connamespace = 'escm'::regnamespace
UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
UNION SELECT polname FROM pg_policy
UNION SELECT typname FROM pg_type WHERE typnamespace = 'escm'::regnamespace
"""


async def test_no_name_of_the_schema_has_a_word_to_avoid(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        names = [row[0] for row in await connection.fetch(_NAMES)]
    finally:
        await connection.close()
    assert "member_expert_merge_target" in names
    assert [name for name in names if words(name) & avoided()] == []
