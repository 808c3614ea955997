"""The titles of the kinds of certificate in six languages."""

import csv
from collections.abc import Mapping
from importlib.resources import files

from shared.kernel.text import LANGUAGES


def _read() -> Mapping[str, Mapping[str, str]]:
    with (
        files("services.membership.certificates.certificates")
        .joinpath("data/titles.csv")
        .open(encoding="utf-8") as lines
    ):
        return {row["kind"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(lines)}


TITLES = _read()
