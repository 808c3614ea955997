"""What codes of the API mean to people: why something is refused, the verbs of transitions and histories, states, and
why sides are not compared.

Each vocabulary is a table `data/{name}.csv`, one term a line, sorted. A term of a resource counts there instead of the
general term of the same code.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from shared.kernel.text import LANGUAGES

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "gaps": "Why two sides are not compared: `gap` of comparisons.",
        "reasons": "Why a step is refused: `reason` of problems, and of `allowed_actions`.",
        "states": "The states of records and jobs: `status`, `from` and `to`.",
        "verbs": "What is done to records: `action` of transitions and histories, `verb` of the work list.",
    }
)
"""Each vocabulary with what it is about."""


@dataclass(frozen=True, slots=True)
class Term:
    """What a code means, everywhere or for one resource such as `membership.erasures`. `titles` are by language;
    `meaning`, in English, includes what a person can do."""

    vocabulary: str
    code: str
    resource: str | None
    titles: Mapping[str, str]
    meaning: str

    @property
    def page(self) -> str:
        """The address of the page of the code, relative to the origin."""
        return f"/vocabularies/{self.vocabulary}/{self.code}"


def _read(name: str) -> tuple[Term, ...]:
    with files("shared.web.contract").joinpath(f"data/{name}.csv").open(encoding="utf-8") as lines:
        return tuple(
            Term(
                name,
                row["code"],
                row["resource"] or None,
                MappingProxyType({language: row[language] for language in LANGUAGES}),
                row["meaning"],
            )
            for row in csv.DictReader(lines)
        )


VOCABULARIES: Mapping[str, tuple[Term, ...]] = MappingProxyType({name: _read(name) for name in NAMES})


def terms_of(name: str, code: str) -> tuple[Term, ...]:
    """The terms of a code, the general one first; empty for an unknown vocabulary or code."""
    return tuple(term for term in VOCABULARIES.get(name, ()) if term.code == code)
