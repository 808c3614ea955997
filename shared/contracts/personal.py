"""Which columns of every service hold personal data, and why.

`escm matrix` writes `data/personal.json` from the services' catalogues, and a test compares the two. Whoever adds a
table with personal data adds its purpose to `data/processing.csv`. Both are read on first use.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Processing:
    """What a table with personal data is for. `service` is `core` for what services share; `resource` is the kind of
    record, if it holds records. `exported` are the columns in the export about a person, `left_out` the others by
    reason; `audiences` are those of the fields of a record. `retained` are the columns that stay after an erasure.
    `persons`, `purpose`, `others` (who reads it without a role) and `time_limit` are texts."""

    table: str
    service: str
    resource: str | None
    exported: tuple[str, ...]
    left_out: Mapping[str, tuple[str, ...]]
    audiences: Mapping[str, str]
    retained: tuple[str, ...]
    persons: str
    purpose: str
    others: str
    time_limit: str


@cache
def processing() -> tuple[Processing, ...]:
    """What every service stores about people, by table. Raises KeyError for a table without a purpose."""
    data = files("shared.contracts").joinpath("data")
    lines = data.joinpath("processing.csv").read_text(encoding="utf-8").splitlines()
    texts = {row["table"]: row for row in csv.DictReader(lines)}
    published = json.loads(data.joinpath("personal.json").read_bytes())
    return tuple(Processing(**{**found, **texts[name]}) for name, found in published.items())
