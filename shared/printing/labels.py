"""Words of printed documents in the six languages, from files with one a line, and days."""

import csv
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

_COMMON = Path(__file__).parent / "data" / "labels.csv"


@cache
def labels_of(path: Path, language: str) -> Mapping[str, str]:
    """The words of a document in a language by their names in the column `part`, with those that all documents use."""
    return {**_read(_COMMON, language), **_read(path, language)}


def day_in(language: str, day: date) -> str:
    """A day as a text in a language."""
    labels = _read(_COMMON, language)
    return labels["day"].format(day=day.day, month=labels[f"month_{day.month}"], year=day.year)


@cache
def _read(path: Path, language: str) -> Mapping[str, str]:
    with path.open(encoding="utf-8", newline="") as lines:
        return {line["part"]: line[language] for line in csv.DictReader(lines)}
