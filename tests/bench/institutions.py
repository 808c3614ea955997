"""Institutions loaded with COPY: an invented register, and lists with the headings of an import."""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from services.membership.register.institutions.domain import derived, values_of
from services.membership.register.institutions.jobs import parsed_row
from services.membership.register.institutions.tables import institution, institution_value
from shared.bulk.reading import RowFault
from shared.database.ids import uuid7
from tests.bench.people import COUNTRY_CODES, names

INSTITUTIONS = 20_000
_AT = datetime(2022, 11, 1, tzinfo=UTC)
_SHAPES = (
    "University of {0}",
    "{0} University",
    "{0} {1} University",
    "{0} State University",
    "{0} Institute of Technology",
    "{0} University of Agriculture and {1}",
    "National Institute of {0}",
    "Universidad de {0}",
    "Universität {0}",
    "École Supérieure de {0}",
    "{0} College of {1}",
    "{0} Research Centre",
)


def invented(count: int = INSTITUTIONS) -> Iterator[dict[str, Any]]:
    """The values of an import's rows: names of invented syllables in the shapes of real ones."""
    dice = random.Random(20221101)
    for number in range(count):
        first, second = (names(dice)[1] for _ in range(2))
        name = dice.choice(_SHAPES).format(first, second)
        yield {
            "names": [{"value": name, "language": None, "types": ["ror_display"]}],
            "country": COUNTRY_CODES[number % len(COUNTRY_CODES)],
            "domains": [f"{first.lower()}{number}.example"],
            "locations": [{"city": second}],
        }


def listed(path: Path) -> Iterator[dict[str, Any]]:
    """The valid rows of a file, as parsed by an import."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                yield parsed_row({name: cell for name, cell in row.items() if cell}).values
            except RowFault:
                continue


async def load(connection: asyncpg.Connection, said: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Replaces the institutions by verified, public ones. Returns their rows."""
    rows = [_row(number, values) for number, values in enumerate(said, 1)]
    await connection.execute(f"TRUNCATE {institution.fullname} CASCADE")
    columns = [column.key for column in institution.c if column.key in rows[0]]
    documents = {"names", "locations", "relations"}
    records = [
        tuple(orjson.dumps(row[name]).decode() if name in documents else row[name] for name in columns) for row in rows
    ]
    values = [
        (row["id"], kind, value, row["country"], row["visibility"])
        for row in rows
        for kind, value in values_of(row["names"], row["types"], row["domains"])
    ]
    await _copy(connection, institution.name, columns, records)
    await _copy(connection, institution_value.name, [column.key for column in institution_value.c], values)
    await connection.execute(f"VACUUM ANALYZE {institution.fullname}")
    await connection.execute(f"VACUUM ANALYZE {institution_value.fullname}")
    return rows


async def _copy(connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    await connection.copy_records_to_table(table, schema_name="escm", columns=list(columns), records=rows)


def _row(number: int, values: Mapping[str, Any]) -> dict[str, Any]:
    row = {
        "id": uuid7(),
        "ref": f"INS-{number:06d}",
        "version": 1,
        "status": "verified",
        "visibility": "public",
        "created_at": _AT,
        "created_by": "system",
        "updated_at": _AT,
        "updated_by": "system",
        "ror": None,
        "types": [],
        "domains": [],
        "links": [],
        "locations": [],
        "relations": [],
        "heri": True,
        **values,
    }
    return {**row, **derived(row["names"])}
