"""A report as a document in one of six languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.actions.exchange.report_documents.domain import PrintedReport, ReportSection
from services.actions.reporting.reports.domain import PUBLISHED
from shared.kernel.countries import COUNTRIES
from shared.kernel.text import text_in
from shared.printing.document import Document
from shared.printing.labels import day_in, labels_of

LAYOUTS = Path(__file__).parent / "layouts"
_LABELS = Path(__file__).parent / "labels.csv"
_FIGURES = {"indicator": 4, "period": 1, "value": 3}
"""The headings of the table of figures, with the widths of their columns."""


def document(report: PrintedReport, language: str, origin: str) -> Document:
    """The report in a language; texts that lack it are in English, or in any."""
    labels, at = labels_of(_LABELS, language), report.published_at or report.changed_at
    figures = [(text_in(language, one.titles), one.period, one.value) for one in report.figures]
    data = {
        "language": language,
        "plan": labels["plan"],
        "kind": labels["kind"],
        "title": text_in(language, COUNTRIES[report.country].names),
        "facts": [
            (labels["number"], report.ref),
            (labels["framework"], report.framework),
            (labels["period"], report.period),
            *_life(report, language),
        ],
        "sections": [_section(one, language) for one in report.sections if one.answers],
        "tables": [
            {
                "title": labels["figures"],
                "headings": [labels[name] for name in _FIGURES],
                "widths": list(_FIGURES.values()),
                "rows": figures,
                "more": None,
            }
        ]
        if figures
        else [],
        "note": labels["note"],
        "address": f"{origin}{report.path}",
        "changed": [at.year, at.month, at.day],
    }
    return Document("report.typ", data, at)


def _life(report: PrintedReport, language: str) -> Iterator[tuple[str, str]]:
    """The day of its publication, and its state unless it is published."""
    labels = labels_of(_LABELS, language)
    if report.published_at is not None:
        yield labels["published_on"], day_in(language, report.published_at.date())
    if report.status != "published":
        yield labels["state"], labels[report.status if report.status in PUBLISHED else "unpublished"]


def _section(of: ReportSection, language: str) -> dict[str, Any]:
    answers = [(text_in(language, one.question), text_in(language, one.answer)) for one in of.answers]
    return {"title": text_in(language, of.titles), "answers": answers}
