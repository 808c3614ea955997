"""The profile of a country as a document in one of six languages."""

from collections.abc import Mapping
from pathlib import Path

from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.results.record import Result
from services.actions.measurement.targets.record import Target
from services.actions.overview.countries.record import OwedReport
from services.actions.overview.country_profiles.domain import SINCE, Comparison, CountryProfile, Measured, number_in
from services.actions.plan.actions.record import Action
from services.actions.plan.milestones.record import Milestone
from shared.kernel.countries import COUNTRIES
from shared.kernel.text import text_in
from shared.printing.document import Document
from shared.printing.labels import day_in, labels_of

LAYOUTS = Path(__file__).parent / "layouts"
_LABELS = Path(__file__).parent / "labels.csv"
_MOST_ROWS = 200
"""Rows of a table. The open data have all of them."""
_COLUMNS: Mapping[str, Mapping[str, float]] = {
    "actions": {"pillar": 2, "action": 4, "status": 1.6, "planned": 2.4},
    "milestones": {"milestone": 4, "action": 3, "due_on": 2, "status": 1.6},
    "indicators": {"indicator": 4, "baseline": 2, "period": 1.2, "target": 2, "actual": 2},
    "comparison": {"subject": 4, "period": 1.2, "own": 2, "independent": 2, "difference": 1.4},
    "reports": {"period": 2, "due_on": 3, "status": 5},
}
"""The headings of the tables, with the widths of their columns."""


def document(profile: CountryProfile, language: str, origin: str) -> Document:
    """The profile in a language; texts that lack it are in English, or in any."""
    labels = labels_of(_LABELS, language)
    first = profile.milestones[: _MOST_ROWS + 1]
    tables = {
        "actions": [_action_cells(profile, one, language, labels) for one in profile.actions],
        "milestones": [_milestone_cells(profile, one, language, labels) for one in first],
        "indicators": [_indicator_cells(one, language, labels) for one in profile.measured()],
        "comparison": [_comparison_cells(one, language, labels) for one in profile.comparison],
        "reports": [_report_cells(one, language, labels) for one in profile.reports],
    }
    changed = profile.changed_at or SINCE
    data = {
        "language": language,
        "plan": labels["plan"],
        "kind": labels["kind"],
        "title": text_in(language, COUNTRIES[profile.code].names),
        "facts": _facts(profile, language, labels),
        "none": None if profile.plan else labels["no_programme"],
        "tables": [
            {
                "title": labels[name],
                "headings": [labels[each] for each in _COLUMNS[name]],
                "widths": list(_COLUMNS[name].values()),
                "rows": rows[:_MOST_ROWS],
                "more": labels["more"] if len(rows) > _MOST_ROWS else None,
            }
            for name, rows in tables.items()
            if rows
        ],
        "note": labels["note"],
        "address": f"{origin}{OPEN_DATA.path}/countries/{profile.code}",
        "changed": [changed.year, changed.month, changed.day],
    }
    return Document("profile.typ", data, changed)


def _facts(profile: CountryProfile, language: str, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names and values above the tables."""
    facts = [(labels["stage"], labels["stage_of"].format(stage=profile.stage))]
    if profile.plan is not None:
        plan = profile.plan.programme
        facts.append((labels["programme"], f"{plan.ref} · {plan.framework}"))
        facts.append((labels["status"], labels[f"status_{plan.status}"]))
        days = {"started_on": plan.started_on, "completed_on": plan.completed_on}
        facts += [(labels[name], day_in(language, day)) for name, day in days.items() if day]
    if profile.changed_at is not None:
        facts.append((labels["changed"], day_in(language, profile.changed_at.date())))
    return facts


def _action_cells(profile: CountryProfile, of: Action, language: str, labels: Mapping[str, str]) -> list[str]:
    days = (of.actual_start or of.planned_start, of.actual_end or of.planned_end)
    return [
        text_in(language, profile.pillar_titles(of.pillar)),
        text_in(language, of.titles),
        labels[f"status_{of.status}"],
        " – ".join(day_in(language, day) for day in days if day),
    ]


def _milestone_cells(profile: CountryProfile, of: Milestone, language: str, labels: Mapping[str, str]) -> list[str]:
    action = next((text_in(language, one.titles) for one in profile.actions if one.id == of.action_id), "")
    return [text_in(language, of.titles), action, day_in(language, of.due), labels[f"milestone_{of.status}"]]


def _indicator_cells(measured: Measured, language: str, labels: Mapping[str, str]) -> list[str]:
    """The baseline, and what was reached in the latest period with a value, else what is to be reached."""
    of, about = measured.of, measured.action
    title = text_in(language, of.titles)
    reached = [part for part in measured.periods if part[2]] or list(measured.periods)
    period, target, actual = reached[-1] if reached else (None, None, None)
    baseline = measured.baseline
    return [
        f"{title} ({text_in(language, about.titles)})" if about else title,
        f"{_value(baseline, of, language, labels)} ({baseline.year})" if baseline else "",
        period.code if period else "",
        _value(target, of, language, labels) if target else "",
        _value(actual, of, language, labels) if actual else "",
    ]


def _comparison_cells(of: Comparison, language: str, labels: Mapping[str, str]) -> list[str]:
    sides = [labels[f"completion_{side}"] if side else "" for side in (of.own, of.independent)]
    title = f"{labels[f'subject_{of.kind}']}: {text_in(language, of.titles)}"
    steps = of.difference
    return [title, of.period, *sides, "" if steps is None else f"{steps:+d}" if steps else "0"]


def _report_cells(of: OwedReport, language: str, labels: Mapping[str, str]) -> list[str]:
    state = of.light if of.on_time is None else "on_time" if of.on_time else "late"
    return [of.period, day_in(language, of.due_on), labels[f"report_{state}"]]


def _value(record: Result | Target, of: Indicator, language: str, labels: Mapping[str, str]) -> str:
    """A number with its unit, the title of a code, a text, or why there is none."""
    if isinstance(record, Result):
        if record.missing:
            return labels[f"missing_{record.missing}"]
        if record.text:
            return text_in(language, record.text)
    if record.code is not None:
        return next((text_in(language, one["titles"]) for one in of.scale if one["code"] == record.code), record.code)
    if (number := number_in(record, of)) is None:
        return ""
    unit = "%" if of.measure == "percentage" else of.unit["label"] if of.unit else ""
    return f"{number} {unit}".strip()
