"""Reports in imports and exports: one row for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.centres.access import ROLES
from services.centres.questions.report_templates.domain import ANNUAL
from services.centres.questions.report_templates.queries import published
from services.centres.questions.report_templates.record import ReportTemplate
from services.centres.reporting.annual_reports import queries
from services.centres.reporting.annual_reports.domain import ANNUAL as ANNUAL_REPORT
from services.centres.reporting.annual_reports.domain import EMPTY, OPEN, Period
from services.centres.reporting.annual_reports.operations import REPORTS
from services.centres.reporting.annual_reports.record import AnnualReport
from services.centres.reporting.annual_reports.schemas import ReportRow
from shared.bulk.importable import IMPORT, Importable
from shared.bulk.reading import Cells, RowFault
from shared.bulk.record_parts import CompletedRow, RecordParts
from shared.bulk.row_records import RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.questionnaires import answers
from shared.questionnaires.answers import Answer
from shared.questionnaires.template import Question, questions_of
from shared.records.access_scope import AccessScope
from shared.records.references import CENTRES, NAMED_CENTRES, reading_access
from shared.web.contract.rows import validated

FIGURE = "figures."
"""Begins the heading of a figure; the rest is its key."""
_DAYS = ("due", "submitted_on", "accepted_on")
HEADINGS = ("registration_number", "year", *_DAYS)
_UNKNOWN_CENTRE = RowFault("unknown_centre", "registration_number: there is no such centre.")
_FORBIDDEN = RowFault("country_forbidden", "Your grants do not cover this country.")
_NOT_OPEN = RowFault(
    "report_not_open", "The report is submitted, accepted or waived: return or reopen it to change it."
)
_OWN = RowFault("forbidden", "Whoever submitted a report does not accept it.")
_EARLY = RowFault("invalid_date", "due: a report is due after its period.")


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a report. Raises RowFault with the code of its first fault."""
    if any(isinstance(cell, list) for cell in cells.values()):
        raise RowFault("invalid_type", "Each cell is one text.")
    body: dict[str, Any] = {name: cell for name, cell in cells.items() if not name.startswith(FIGURE)}
    figures = {name.removeprefix(FIGURE): cell for name, cell in cells.items() if name.startswith(FIGURE)}
    values = validated(ReportRow, body | ({"figures": figures} if figures else {}), {"figures": f"{FIGURE}…"})
    _require_order(values)
    return ParsedRow((values["registration_number"], str(values["year"])), (), None, values)


def _require_order(values: Values) -> None:
    submitted, accepted = values.get("submitted_on"), values.get("accepted_on")
    if max(submitted or "", accepted or "") > today().isoformat():
        raise RowFault("invalid_date", "submitted_on, accepted_on: not later than today.")
    if submitted and accepted and accepted < submitted:
        raise RowFault("invalid_date", "accepted_on: not before the report was submitted.")
    if "figures" in values and not (submitted or accepted):
        raise RowFault("required", "submitted_on: figures are those of a submitted report.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of a batch name."""

    centres: Mapping[str, Row]
    templates: Mapping[UUID, ReportTemplate]
    of_reports: Mapping[tuple[UUID, int], UUID]

    def template_of(self, centre: UUID, year: int) -> ReportTemplate | None:
        """The questions of the report if it has been started, else those in force."""
        own = self.of_reports.get((centre, year))
        if own is not None:
            return self.templates.get(own)
        return next((one for one in self.templates.values() if one.status == "active"), None)


async def _complete(uow: UnitOfWork, access: AccessScope, rows: Sequence[Values]) -> Sequence[CompletedRow | RowFault]:
    connection = uow.connection
    centres = await queries.centres_numbered(connection, {values["registration_number"] for values in rows})
    templates = {one.id: one for one in await published(connection, ANNUAL)}
    of_reports = await queries.templates_of(connection, [row["id"] for row in centres.values()])
    known = _Known(centres, templates, of_reports)
    completed: list[CompletedRow | RowFault] = []
    for values in rows:
        try:
            completed.append(_completed(known, access, values))
        except RowFault as fault:
            completed.append(fault)
    return completed


def _completed(known: _Known, access: AccessScope, values: Values) -> CompletedRow:
    centre = known.centres.get(values["registration_number"])
    if centre is None:
        raise _UNKNOWN_CENTRE
    if not access.may(IMPORT, centre["country"], centre["id"]):
        may_know = reading_access(access.principal, CENTRES).knows_row(centre, NAMED_CENTRES.published)
        raise _FORBIDDEN if may_know else _UNKNOWN_CENTRE
    template = known.template_of(centre["id"], values["year"])
    questions = questions_of(template.sections) if template else []
    columns: Columns = {name: date.fromisoformat(values[name]) for name in _DAYS if name in values}
    if "figures" in values:
        columns["figures"] = _figures(values["figures"], questions)
    whole = {"centre": centre, "year": values["year"], "columns": columns, "by": access.principal.label}
    whole |= {"template": template, "questions": questions}
    return CompletedRow(whole, f"report:{centre['id']}:{values['year']}")


def _figures(given: Mapping[str, str], questions: Sequence[Question]) -> dict[str, Answer]:
    types = {question["key"]: question["type"] for question in questions if question["figure"]}
    if unknown := [key for key in given if key not in types]:
        raise RowFault("unknown_figure", f"{FIGURE}{unknown[0]}: the questions have no such figure.")
    figures = {key: _number(text, types[key]) for key, text in given.items()}
    for fault in answers.faults(questions, figures, "figures"):
        raise RowFault(fault.code, f"{(fault.pointer or '')[1:].replace('/', '.')}: {fault.detail}")
    return figures


def _number(text: str, kind: str) -> Answer:
    is_whole = kind == "integer" and text.isascii() and text.removeprefix("-").isdigit()
    return int(text) if is_whole else text


async def _refused(_connection: Connection, _rows: Sequence[Values]) -> Mapping[int, RowFault]:
    return {}


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a new report about a calendar year. Raises RowFault if it were due within its year."""
    year = values["year"]
    period = Period(date(year, 1, 1), date(year, 12, 31))
    columns = {"due": period.due, **_submitted(values)}
    if columns["due"] < period.ends:
        raise _EARLY
    placed = {
        **EMPTY,
        "status": "due",
        "visibility": "network",
        "country": values["centre"]["country"],
        "centre_id": values["centre"]["id"],
        "kind": ANNUAL_REPORT,
        "year": year,
        "period_starts": period.starts,
        "period_ends": period.ends,
        **columns,
    }
    return placed | _counted(placed, values["questions"])


def change(row: Values, values: Values) -> Columns:
    """The columns that a row changes in a report. Raises RowFault `report_not_open` for another change of a submitted
    one than its acceptance, and for any of an accepted or waived one; `forbidden` if its submitter accepts it."""
    wanted = _submitted(values) if row["status"] in OPEN else dict(values["columns"])
    if "figures" in wanted:
        wanted["figures"] = {**row["figures"], **wanted["figures"]}
    changed = {name: value for name, value in wanted.items() if row[name] != value}
    is_acceptance = row["status"] == "submitted" and changed.keys() == {"accepted_on"}
    if changed and row["status"] not in OPEN and not is_acceptance:
        raise _NOT_OPEN
    if is_acceptance and row["submitted_by"] == values["by"]:
        raise _OWN
    if "due" in changed and changed["due"] < row["period_ends"]:
        raise _EARLY
    return changed and changed | _counted({**row, **changed}, values["questions"])


def _submitted(values: Values) -> Columns:
    """The columns that a row sets in a report that is awaited. Without a day of submission, an accepted report was
    submitted on the day of its acceptance."""
    columns = dict(values["columns"])
    if "accepted_on" in columns:
        columns.setdefault("submitted_on", columns["accepted_on"])
    if "submitted_on" in columns:
        columns["submitted_by"] = values["by"]
        if template := values["template"]:
            columns |= {"template_id": template.id, "template_version": template.template_version}
    return columns


def _counted(columns: Values, questions: Sequence[Question]) -> Columns:
    """What follows from the figures of a report that was submitted: what is missing, and what everybody reads."""
    if columns.get("submitted_on") is None:
        return {}
    missing = answers.missing(questions, columns["answers"], columns["figures"])
    counted: Columns = {"required": sum(one["required"] for one in questions), "missing": len(missing), "prefilled": []}
    if columns.get("accepted_on") is not None:
        counted |= {f"public_{name}": answers.public(questions, columns[name]) for name in ("answers", "figures")}
    return counted


def advance(row: Values, values: Values, _registry: bool) -> str | None:
    """The verb by which a row records that a report was submitted or accepted."""
    if "accepted_on" in values["columns"] and row["status"] in (*OPEN, "submitted"):
        return "record_acceptance"
    return "record_submission" if "submitted_on" in values["columns"] and row["status"] in OPEN else None


async def _headings(connection: Connection, _access: AccessScope) -> Sequence[str]:
    asked = (one for template in await published(connection, ANNUAL) for one in questions_of(template.sections))
    return [f"{FIGURE}{key}" for key in dict.fromkeys(one["key"] for one in asked if one["figure"])]


def lines(row: Values, access: AccessScope) -> Iterable[dict[str, str]]:
    """The report in an export, in one line; what was submitted only while it is not returned, so that the line imports
    again unchanged."""
    cells = {"registration_number": row["registration_number"] or "", "year": str(row["year"])}
    is_submitted = row["status"] in ("submitted", "accepted")
    shown = _DAYS if is_submitted else ("due",)
    cells |= {name: row[name].isoformat() for name in shown if row[name] is not None}
    if is_submitted:
        sees_all = access.sees_all_fields(row["country"], AnnualReport.scope_of(row))
        figures = orjson.loads(row["figures" if sees_all else "public_figures"])
        cells |= {f"{FIGURE}{key}": str(value) for key, value in figures.items()}
    yield cells


REPORT_IMPORT = Importable(
    kind=REPORTS,
    roles=ROLES,
    rows=RowFormat(HEADINGS, parsed_row),
    entry=Entry(enter, change, advance),
    listing=queries.EXPORTED,
    export_extra="registration_number",
    records=RowRecords(matches="centre_annual_report_matches"),
    parts=RecordParts(FIGURE, _headings, _complete, _refused, lambda _values: False, lines),
)
