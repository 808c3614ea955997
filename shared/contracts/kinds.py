"""What one and many records of each kind are called by people, in six languages, and the page to which mails and
calendars lead."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal
from uuid import UUID


@cache
def kind_names(number: Literal["one", "many"] = "one") -> Mapping[str, Mapping[str, str]]:
    """By resource, such as `membership.experts`, the name of one record or of many by language."""
    with files("shared.contracts").joinpath("data/kinds.csv").open(encoding="utf-8") as lines:
        return {row.pop("resource"): row for row in csv.DictReader(lines) if row.pop("number") == number}


def record_page(origin: str, language: str, resource: str, record: UUID) -> str:
    """The page of a record for people, which says what the record is and where it is worked on. `origin` is that of the
    installation."""
    service, _, plural = resource.partition(".")
    return f"{origin.rstrip('/')}/{language}/records/{service}/{plural}/{record}"
