"""A published report is printed in six languages, with all its answers and figures."""

import io
from dataclasses import replace
from datetime import UTC, datetime

from pypdf import PdfReader

from services.actions.exchange.report_documents.domain import PrintedReport, ReportAnswer, ReportFigure, ReportSection
from services.actions.exchange.report_documents.printing import LAYOUTS, document
from shared.kernel.text import LANGUAGES
from shared.printing.printer import Printer

_DAY = datetime(2027, 3, 1, tzinfo=UTC)
_ANSWERS = {
    "en": "Wetlands grow", "fr": "Les marais grandissent", "es": "Los humedales crecen", "ar": "تنمو الأراضي الرطبة",
    "zh": "湿地在扩大", "ru": "Болота растут",
}  # fmt: skip
_KINDS = {
    "en": "Progress report", "fr": "Rapport", "es": "progreso", "ar": "تقرير مرحلي", "zh": "进展报告", "ru": "Отчёт"
}  # fmt: skip


def _report() -> PrintedReport:
    answer = ReportAnswer({"en": "What was reached?"}, {**_ANSWERS, "en": f"{_ANSWERS['en']}\nAnd more"})
    return PrintedReport(
        ref="REP-000001",
        path="/actions/v1/open_data/reports/REP-000001.pdf",
        country="KE",
        framework="3+1/2026",
        period="2026",
        status="published",
        published_at=_DAY,
        changed_at=_DAY,
        sections=[ReportSection({"en": "Summary"}, [answer]), ReportSection({"en": "Unanswered"}, [])],
        figures=[ReportFigure(_ANSWERS, "2026", "12.50 hectares")],
    )


async def test_a_report_holds_its_text_in_each_language() -> None:
    async with Printer(LAYOUTS) as printer:
        for language in LANGUAGES:
            pdf = await printer.pdf(document(_report(), language, "https://plan.example"))
            text = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
            words = [*_ANSWERS[language].split(), *_KINDS[language].split(), "REP-000001", "12.50", "Summary"]
            assert [word for word in words if word not in text] == [], text
            assert "Unanswered" not in text


async def test_a_report_without_figures_has_no_table() -> None:
    said = document(replace(_report(), sections=[], figures=[]), "en", "https://plan.example")
    assert (said.data["tables"], said.data["sections"]) == ([], [])
