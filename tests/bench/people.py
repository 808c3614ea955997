"""A deterministic register of invented experts and institutions, loaded with COPY."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.membership.linkage.record_linkage.names import name_key
from services.membership.register.experts.tables import expert, expert_value
from shared.kernel.countries import COUNTRIES
from shared.kernel.expertise import BOUNDARIES
from shared.kernel.text import fold, search_key
from shared.records import counts

EXPERTS = 1_000_000
COUNTRY_CODES = sorted(code for code, country in COUNTRIES.items() if not country.fictional)[:195]
_START = datetime(2022, 11, 1, tzinfo=UTC)
_ONSETS = [
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "br",
    "dr",
    "gr",
    "kr",
    "sh",
    "th",
    "ch",
    "st",
    "tr",
]
_VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
_STATUSES = (("active", 60), ("prospect", 20), ("grace", 5), ("lapsed", 5), ("applied", 5), ("invited", 5))
_VISIBILITIES = (("public", 70), ("network", 25), ("restricted", 5))
_INDEXES_KEPT = ("member_expert_pkey", "member_expert_ref_key", "member_expert_value_pkey")
_GENERATED = 1_000_000
"""Experts after these are copies of them, with later ids and times and with other consonants in their names."""
_CONSONANTS = "bdfgklmnprstvz"
_REPEATED = """
WITH made AS (
    INSERT INTO escm.member_expert SELECT made.* FROM first_expert e
    CROSS JOIN LATERAL (SELECT e.created_at + $1 * interval '1 second' AS at,
        (substr(e.ref, 5)::int + $1)::text AS n, translate(e.display_name, $2, $3) AS name) later
    CROSS JOIN LATERAL jsonb_populate_record(e, jsonb_build_object(
        'id', lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
            || substr(replace(e.id::text, '-', ''), 13),
        'ref', 'EXP-' || lpad(n, greatest(6, length(n)), '0'), 'created_at', at, 'updated_at', at,
        'names', jsonb_build_array(jsonb_build_object(
            'given', split_part(name, ' ', 1), 'family', split_part(name, ' ', 2), 'kind', 'preferred')),
        'display_name', name, 'sort_name', translate(e.sort_name, $2, $3),
        'search_key', translate(e.search_key, $2, $3), 'name_key', translate(e.name_key, $2, $3))) made
    WHERE substr(e.ref, 5)::int <= $4
    RETURNING id, fields, planetary_boundaries, country, visibility
)
INSERT INTO escm.member_expert_value (expert_id, kind, value, country, visibility)
SELECT id, kind, value, country, visibility FROM made
CROSS JOIN LATERAL (VALUES ('field', fields[1]), ('boundary', planetary_boundaries[1])) one (kind, value)
"""


def names(dice: random.Random) -> tuple[str, str]:
    """A given and a family name of invented syllables."""

    def word(syllables: int) -> str:
        return "".join(dice.choice(_ONSETS) + dice.choice(_VOWELS) for _ in range(syllables)).capitalize()

    return word(dice.randint(1, 3)), word(dice.randint(2, 4))


def experts(count: int) -> Iterator[dict[str, Any]]:
    """The rows of member_expert in order of id."""
    dice = random.Random(20221101)
    statuses = [status for status, weight in _STATUSES for _ in range(weight)]
    visibilities = [visibility for visibility, weight in _VISIBILITIES for _ in range(weight)]
    for number in range(count):
        at = _START + timedelta(seconds=number)
        given, family = names(dice)
        full = f"{given} {family}"
        status = dice.choice(statuses)
        milliseconds = int(at.timestamp() * 1000)
        bits = milliseconds << 80 | 7 << 76 | 2 << 62 | dice.getrandbits(62)
        yield {
            "id": UUID(int=bits),
            "ref": f"EXP-{number + 1:06d}",
            "version": 1,
            "status": status,
            "country": COUNTRY_CODES[number % len(COUNTRY_CODES)],
            "visibility": dice.choice(visibilities),
            "created_at": at,
            "created_by": "system",
            "updated_at": at,
            "updated_by": "system",
            "names": _json([{"given": given, "family": family, "kind": "preferred"}]),
            "display_name": full,
            "sort_name": fold(full),
            "search_key": search_key(full, f"{family} {given}"),
            "name_key": name_key([{"given": given, "family": family}]),
            "emails": "[]",
            "email_keys": [],
            "orcid": None,
            "languages": ["en"],
            "fields": [f"{dice.randint(1, 6)}.{dice.randint(1, 5)}"],
            "planetary_boundaries": [dice.choice(BOUNDARIES)],
            "ecosystems": [],
            "keywords": [],
            "biography": _json({"en": f"{full} studies {dice.choice(BOUNDARIES).replace('-', ' ')}."}),
            "gender": None,
            "category": dice.choice(("supporter", "expert", "expert", "fellow", "student")),
            "previous_status": None,
            "status_since": None,
            "available_for_support": True,
            "term_starts": date(2024, 1, 1) if status in ("active", "grace") else None,
            "term_ends": date(2027, 12, 31) if status in ("active", "grace") else None,
            "next_term_starts": None,
            "next_term_ends": None,
            "account_id": None,
            "profile_confirmed_on": None,
            "conflict_of_interest_on": None,
            "listing_withdrawn_on": None,
            "restricted_at": None,
            "restricted_for": None,
            "visibility_before": None,
            "orcid_authenticated": False,
            "clock_since": None,
            "clock_target": None,
            "assignee": None,
            "asserted": _json({"*": {"by": "import"}}),
            "merged_into": None,
            "erased_at": None,
        }


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


async def load(connection: asyncpg.Connection, count: int = EXPERTS) -> None:
    """Fills an empty, migrated database: rows first, then the indexes; then runs what schedules would do."""
    dropped = await _drop_indexes(connection)
    columns = [column.key for column in expert.c]
    batch: list[tuple[Any, ...]] = []
    values: list[tuple[Any, ...]] = []
    for row in experts(min(count, _GENERATED)):
        batch.append(tuple(row[name] for name in columns))
        place = (row["country"], row["visibility"])
        values.append((row["id"], "field", row["fields"][0], *place))
        values.append((row["id"], "boundary", row["planetary_boundaries"][0], *place))
        if len(batch) == 20_000:
            await _copy(connection, columns, batch, values)
    await _copy(connection, columns, batch, values)
    await _repeat(connection, count)
    for definition in dropped:
        await connection.execute(definition)
    await connection.execute("SELECT setval('escm.member_expert_ref_seq', $1)", count)
    await fold_counts(connection)
    for filled in ("member_expert", "member_expert_value"):
        await connection.execute(f"VACUUM ANALYZE escm.{filled}")


async def fold_counts(connection: asyncpg.Connection) -> None:
    """Folds pending changes into the sums, as a worker does every half minute."""
    while await counts.fold(connection):
        pass
    for filled in ("core_count_delta", "core_count", "core_count_day"):
        await connection.execute(f"VACUUM ANALYZE escm.{filled}")


async def _copy(
    connection: asyncpg.Connection, columns: list[str], batch: list[tuple[Any, ...]], values: list[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table("member_expert", schema_name="escm", columns=columns, records=batch)
    names_of_values = [column.key for column in expert_value.c]
    await connection.copy_records_to_table(
        "member_expert_value", schema_name="escm", columns=names_of_values, records=values
    )
    batch.clear()
    values.clear()


async def _repeat(connection: asyncpg.Connection, count: int) -> None:
    if count <= _GENERATED:
        return
    await connection.execute("CREATE TEMP TABLE first_expert AS SELECT * FROM escm.member_expert")
    for begun in range(_GENERATED, count, _GENERATED):
        await fold_counts(connection)
        by = begun // _GENERATED % len(_CONSONANTS)
        others = _CONSONANTS[by:] + _CONSONANTS[:by]
        renamed = _CONSONANTS + _CONSONANTS.upper(), others + others.upper()
        await connection.execute(_REPEATED, begun, *renamed, min(_GENERATED, count - begun))
    await connection.execute("DROP TABLE first_expert")


async def _drop_indexes(connection: asyncpg.Connection) -> list[str]:
    found = await connection.fetch(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'escm'"
        " AND tablename IN ('member_expert', 'member_expert_value') AND NOT indexname = ANY($1)",
        list(_INDEXES_KEPT),
    )
    for index in found:
        await connection.execute(f'DROP INDEX escm."{index["indexname"]}"')
    return [index["indexdef"] for index in found]
