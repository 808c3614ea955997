"""The headlines of the plan, and their titles."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from shared.kernel.text import LANGUAGES


@dataclass(frozen=True, slots=True)
class Headline:
    """One number: what is counted, and the values of a filter, separated by commas."""

    key: str
    of: str
    filter: str = ""
    values: str = ""

    @property
    def titles(self) -> Mapping[str, str]:
        """Its titles, by language."""
        return _TITLES[self.key]


HEADLINES = (
    Headline("experts", "experts", "status", "active,grace"),
    Headline("institutions", "institutions", "status", "verified"),
    Headline("supports", "supports"),
    Headline("centres", "centres", "status", "active,renewal_due,renewal_review"),
    *(Headline(f"countries_stage_{stage}", "countries", "stage", str(stage)) for stage in range(1, 8)),
    Headline("endorsements", "endorsements", "status", "verified"),
    Headline("programmes", "programmes", "status", "approved,implementing,completed"),
    Headline("actions", "actions", "status", "in_progress,finalising,closed"),
    Headline("milestones", "milestones", "status", "done"),
    Headline("results", "results", "status", "published"),
    Headline("countries", "countries", "stage", "1,2,3,4,5,6,7"),
    Headline("organisations", "supports", "capacity", "organisation"),
)


def _read() -> Mapping[str, Mapping[str, str]]:
    with files("services.actions.overview.statistics").joinpath("data/headlines.csv").open(encoding="utf-8") as lines:
        return {row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(lines)}


_TITLES = _read()
