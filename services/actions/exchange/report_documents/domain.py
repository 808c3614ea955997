"""What a printed report says. Plain Python."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from services.actions.measurement.indicators.record import Indicator
from services.actions.reporting.report_templates.record import RepeatedSection
from services.actions.reporting.reports.record import ReportedResult
from shared.kernel.text import text_in
from shared.questionnaires.answers import Answer, Answers
from shared.questionnaires.template import OF_RECORDS, Question
from shared.records.record import Texts

_EVERY_LANGUAGE = "en"
"""The language under which a text is entered that is shown in every language."""


class AnsweredSection(TypedDict):
    """The answers of one section that are shown, and what a repeated section is about."""

    key: str
    item: str | None
    answers: Answers


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
class PrintedReport:
    """A report of a country's programme for a period, as far as a reader may know it. `path` is its address below that
    of the installation; `changed_at` is when it was changed last."""

    ref: str
    path: str
    country: str
    framework: str
    period: str
    status: str
    published_at: datetime | None
    changed_at: datetime
    sections: Sequence[ReportSection]
    figures: Sequence[ReportFigure]


def sections_of(
    asked: Sequence[RepeatedSection], answered: Sequence[AnsweredSection], titles: Mapping[str, Texts]
) -> list[ReportSection]:
    """The sections in their order, with the questions that have an answer in words. `titles` are those of the items of
    repeated sections, by key or id."""
    templates = {section["key"]: section for section in asked}
    return [
        ReportSection(
            _titles(templates[one["key"]]["titles"], titles.get(one["item"] or "")),
            [
                ReportAnswer(question["titles"], _in_words(question, one["answers"][question["key"]]))
                for question in templates[one["key"]]["questions"]
                if question["type"] not in OF_RECORDS
                if one["answers"].get(question["key"]) not in (None, "", [])
            ],
        )
        for one in answered
    ]


def _titles(of: Texts, item: Texts | None) -> Texts:
    """The titles of a section, with those of its item."""
    if item is None:
        return of
    return {language: f"{text_in(language, of)} – {text_in(language, item)}" for language in {*of, *item}}


def _in_words(question: Question, answer: Answer) -> Texts:
    """An answer as text: the titles of choices, the titles of documents, else what was answered."""
    choices = {choice["code"]: choice["titles"] for choice in question["choices"]}
    if isinstance(answer, str) and answer in choices:
        return choices[answer]
    return {_EVERY_LANGUAGE: ", ".join(_words(answer, choices))}


def _words(answer: Answer, choices: Mapping[str, Texts]) -> Iterator[str]:
    if isinstance(answer, Mapping):
        yield str(answer.get("title", ""))
    elif isinstance(answer, bool):
        yield "✓" if answer else "–"
    else:
        for one in [str(answer)] if isinstance(answer, str | int) else answer:
            yield text_in(_EVERY_LANGUAGE, choices[one]) if one in choices else one


def figures_of(results: Sequence[ReportedResult], known: Mapping[UUID, Indicator], period: str) -> list[ReportFigure]:
    """The results of known indicators, with their values as they were submitted."""
    return [
        ReportFigure(known[key].titles, period, value)
        for one in results
        if (key := UUID(one["indicator_id"])) in known and (value := _value(one, known[key]))
    ]


def _value(result: ReportedResult, of: Indicator) -> str:
    """A number or fraction with its unit, or the title of a code; empty for other results."""
    if result["code"] is not None:
        return next((text_in(_EVERY_LANGUAGE, one["titles"]) for one in of.scale if one["code"] == result["code"]), "")
    number = result["value"]
    if number is None and result["numerator"] is not None:
        number = f"{result['numerator']} / {result['denominator']}"
    unit = "%" if of.measure == "percentage" and result["value"] is not None else of.unit["label"] if of.unit else ""
    return f"{number} {unit}".strip() if number is not None else ""
