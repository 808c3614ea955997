"""What notifications say: a sentence for each event in each language, from one file."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import StringIO


def sentence(event: str, language: str) -> str:
    """The sentence about an event, such as `expert.applied`. Raises KeyError for an unknown event or language."""
    return sentences()[event][language]


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Event → language → sentence."""
    text = files("services.access.notifying.notifications").joinpath("data/sentences.csv").read_text(encoding="utf-8")
    return {row.pop("event"): row for row in csv.DictReader(StringIO(text))}
