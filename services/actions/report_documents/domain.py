"""What a published report says. Plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.records.record import Texts


class ReportAnswer(NamedTuple):
    """A question and its answer, by language."""

    question: Texts
    answer: Texts


class ReportSection(NamedTuple):
    """A section with its answers; a question without an answer is left out."""

    titles: Texts
    answers: Sequence[ReportAnswer]


class ReportFigure(NamedTuple):
    """A result as the report states it: the value in words, with its unit."""

    titles: Texts
    period: str
    value: str


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A published report of a country's programme for a period."""

    ref: str
    country: str
    framework: str
    period: str
    published_at: datetime
    sections: Sequence[ReportSection]
    figures: Sequence[ReportFigure]
