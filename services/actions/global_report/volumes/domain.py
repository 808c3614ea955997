"""What the whole of an edition is made of. Plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from services.actions.global_report.editions.domain import issue_label, number_of
from services.actions.global_report.editions.record import Edition, OutlineEntry
from services.actions.global_report.figures.record import Figure
from shared.records.record import Texts


class BuildWarning(TypedDict):
    """What a build says otherwise than its texts ask, by language and, if it is one, the contribution's number."""

    code: str
    language: str
    contribution: int | None


@dataclass(frozen=True, slots=True)
class Writer:
    """An author as the build prints it."""

    name: str
    orcid: str | None
    affiliation: str | None
    roles: Sequence[str]
    is_corresponding: bool


@dataclass(frozen=True, slots=True)
class Text:
    """A version of a contribution in a language: its number and digest."""

    number: int
    language: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Correction:
    """An erratum: the issue and the version that it published, and what it says."""

    issue: int
    version: int
    severity: str
    texts: Texts
    day: date


@dataclass(frozen=True, slots=True)
class Passage:
    """A contribution, with its present text, the translations of that, and the languages of older translations."""

    id: UUID
    number: int
    outline_key: str
    titles: Texts
    abstract: Texts
    keywords: Sequence[str]
    funding: str | None
    conflicts: str | None
    authors: Sequence[Writer]
    text: Text
    translations: Mapping[str, Text]
    stale: frozenset[str]

    def text_in(self, language: str) -> Text:
        """The text in a language: its translation, or the present text."""
        return self.translations.get(language, self.text)


@dataclass(frozen=True, slots=True)
class Since:
    """The issue that published the present text of a contribution, and the instant that a file of it alone names."""

    issue: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Whole:
    """All that a build prints. `contents` are the frozen data of figures by their keys; `at` is the instant that its
    files name; `corrections` are errata until then, and `since` says from when texts are, by the number of their
    contribution."""

    edition: Edition
    passages: Sequence[Passage]
    figures: Sequence[Figure]
    contents: Mapping[str, str]
    at: datetime
    corrections: Mapping[int, Sequence[Correction]] = field(default_factory=dict)
    since: Mapping[int, Since] = field(default_factory=dict)


def name_of(of: Edition) -> str:
    """The beginning of the names of files."""
    return f"report-{of.year}-{of.number}" + (f"-issue-{of.issue}" if of.issue else "")


def issue_of(of: Edition, issue: int | None = None) -> str:
    """How an issue is printed, by default the edition's own: with the number of its last erratum, if it has one."""
    return issue_label(number_of(of), of.issue if issue is None else issue)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the outline with its level from 1, and the contributions that are written for it."""

    entry: OutlineEntry
    level: int
    passages: Sequence[Passage]


def above(of: Edition, key: str) -> list[OutlineEntry]:
    """The entry of the outline with this key, after those of which it is a part."""
    known = {entry["key"]: entry for entry in of.outline}
    found: list[OutlineEntry] = []
    at = known.get(key)
    while at is not None:
        found.insert(0, at)
        at = known.get(at["parent"] or "")
    return found


def places_of(whole: Whole) -> list[Place]:
    """The places of the outline in order, each before those below it. Places without text below them are left out."""
    below: dict[str | None, list[OutlineEntry]] = {}
    for entry in sorted(whole.edition.outline, key=lambda one: one["order"]):
        below.setdefault(entry["parent"], []).append(entry)
    written: dict[str, list[Passage]] = {}
    for passage in sorted(whole.passages, key=lambda one: one.number):
        written.setdefault(passage.outline_key, []).append(passage)

    def under(parent: str | None, level: int) -> list[Place]:
        found: list[Place] = []
        for entry in below.get(parent, ()):
            own, inner = written.get(entry["key"], []), under(entry["key"], level + 1)
            found += [Place(entry, level, own), *inner] if own or inner else []
        return found

    return under(None, 1)
