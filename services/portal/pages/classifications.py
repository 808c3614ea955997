"""What terms of classifications are called: fields of science of the OECD FORD classification (Frascati Manual 2015),
planetary boundaries, and units of analysis of IPBES. English names are those published; others are translations."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from services.portal.pages.texts import words
from shared.kernel.text import LANGUAGES


@cache
def term_names() -> Mapping[str, Mapping[str, str]]:
    """The names of terms by language."""
    with files("services.portal.pages").joinpath("classifications.csv").open(encoding="utf-8") as lines:
        return {row["code"]: {tag: row[tag] for tag in LANGUAGES} for row in csv.DictReader(lines)}


def term_name(code: str, language: str) -> str:
    """The name of a term; for an unknown one, the code as words."""
    return term_names()[code][language] if code in term_names() else words(code)
