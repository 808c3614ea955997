"""What goes over HTTP for the profile of a country."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.actions.exchange.open_data.domain import OPEN_DATA
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.schemas import ScaleCode, Unit
from services.actions.measurement.results.record import Result
from services.actions.measurement.targets.record import Target
from services.actions.overview.countries.schemas import CountryReport, present_reports
from services.actions.overview.country_profiles.domain import Comparison as Compared
from services.actions.overview.country_profiles.domain import CountryProfile, Measured, number_in
from services.actions.plan.actions.record import Action as ActionRecord
from services.actions.plan.milestones.record import Milestone as MilestoneRecord
from services.actions.plan.programmes.record import Programme as ProgrammeRecord
from shared.kernel.clock import to_text
from shared.kernel.countries import COUNTRIES
from shared.kernel.text import LANGUAGES
from shared.records.record import Record, Refers
from shared.web.contract.fields import DecimalText, LocalizedTexts, ResponseModel


class ProfileParticipant(ResponseModel):
    """A public institution that takes part in an action."""

    institution_id: Annotated[UUID, Refers("/membership/v1/institutions"), "The institution."]
    name: Annotated[str, Field(examples=["University of the Delta"]), "Its name."]
    role: Annotated[int, Field(examples=[4]), "By OrganisationRole of IATI: 4 for who implements it."]


class ProfileAction(ResponseModel):
    """An action of the programme."""

    id: Annotated[UUID, Refers("/actions/v1/actions"), "The action's id."]
    ref: Annotated[str, Field(examples=["ACT-000001"]), "The action's ref."]
    pillar: Annotated[str, Field(examples=["action-1"]), "Its pillar, or `core`."]
    pillar_titles: Annotated[LocalizedTexts, "The titles of the pillar, by language."]
    kind: Annotated[str, Field(examples=["action"]), "The kind of action."]
    titles: Annotated[LocalizedTexts, "Its titles, by language."]
    descriptions: Annotated[LocalizedTexts, "What is done and what for, by language."]
    status: Annotated[str, Field(examples=["in_progress"]), "Its state."]
    planned_start: Annotated[date | None, "The day on which it is to start."]
    planned_end: Annotated[date | None, "The day on which it is to end."]
    actual_start: Annotated[date | None, "The day on which it started."]
    actual_end: Annotated[date | None, "The day on which it ended."]
    participants: Annotated[list[ProfileParticipant], "The public institutions that take part."]


class ProfileMilestone(ResponseModel):
    """A milestone of an action."""

    id: Annotated[UUID, Refers("/actions/v1/milestones"), "The milestone's id."]
    ref: Annotated[str, Field(examples=["MIL-000001"]), "The milestone's ref."]
    action_id: Annotated[UUID, Refers("/actions/v1/actions"), "Its action."]
    titles: Annotated[LocalizedTexts, "Its titles, by language."]
    status: Annotated[str, Field(examples=["done"]), "Its state."]
    due: Annotated[date, "The day on which it is due."]
    verified_on: Annotated[date | None, "The day on which it was verified."]


class ProfileProgramme(ResponseModel):
    """The latest published programme."""

    id: Annotated[UUID, Refers("/actions/v1/programmes"), "The programme's id."]
    ref: Annotated[str, Field(examples=["PRG-000001"]), "The programme's ref."]
    framework: Annotated[str, Field(examples=["3+1/2026"]), "The code of its framework."]
    status: Annotated[str, Field(examples=["implementing"]), "Its state."]
    started_on: Annotated[date | None, "The day on which it started."]
    completed_on: Annotated[date | None, "The day on which it ended."]


class ProfileValue(ResponseModel):
    """A baseline, a target or an actual value. `value` is the number, also that of a fraction."""

    id: Annotated[UUID, "The record that has it."]
    value: Annotated[DecimalText | None, "The number; null for other values."]
    code: Annotated[str | None, Field(examples=[None]), "The code of the scale."]
    text: Annotated[LocalizedTexts | None, "The text, by language."]
    missing: Annotated[str | None, Field(examples=[None]), "Why there is no value."]


class ProfileBaseline(ProfileValue):
    """What later values are compared with."""

    year: Annotated[int | None, Field(examples=[2025]), "Its year."]


class ProfilePeriod(ResponseModel):
    """What was to be reached in a period, and what was."""

    code: Annotated[str, Field(examples=["2026"]), "The period."]
    starts: Annotated[date, "Its first day."]
    ends: Annotated[date, "Its last day."]
    target: Annotated[ProfileValue | None, "What was to be reached."]
    actual: Annotated[ProfileValue | None, "What was measured."]


class ProfileIndicator(ResponseModel):
    """An indicator of the country or of one of its actions, with its public values."""

    id: Annotated[UUID, Refers("/actions/v1/indicators"), "The indicator's id."]
    code: Annotated[str, Field(examples=["SOIL-1"]), "The indicator's code."]
    titles: Annotated[LocalizedTexts, "Its titles, by language."]
    measure: Annotated[str, Field(examples=["unit"]), "What its values are."]
    unit: Annotated[Unit | None, "Its unit."]
    scale: Annotated[list[ScaleCode], "The codes of its values, if nominal or ordinal."]
    direction: Annotated[str, Field(examples=["ascending"]), "Whether more or less of it is better, or neither."]
    action_id: Annotated[UUID | None, Refers("/actions/v1/actions"), "The action; null for the country itself."]
    baseline: Annotated[ProfileBaseline | None, "The latest baseline."]
    periods: Annotated[list[ProfilePeriod], "The periods with a target or a value, the earliest first."]


class ProfileSubject(ResponseModel):
    """What is compared."""

    kind: Annotated[Literal["programme", "action", "milestone", "centre"], "Its kind."]
    id: Annotated[UUID, "Its id."]
    titles: Annotated[LocalizedTexts, "Its titles, by language; of a programme its ref and framework."]


class ProfileComparison(ResponseModel):
    """How far something has come, as the country says and as an independent assessment says."""

    subject: Annotated[ProfileSubject, "What is compared."]
    period_id: Annotated[UUID, "The period."]
    period: Annotated[str, Field(examples=["2026"]), "The code of the period."]
    self: Annotated[str | None, Field(examples=["complete"]), "What the country says."]
    independent: Annotated[str | None, Field(examples=["substantial"]), "What the independent assessment says."]
    difference: Annotated[int | None, Field(examples=[1]), "How many steps the second is above the first."]


class CountryProfileAnswer(ResponseModel):
    """What a public page shows of a country."""

    code: Annotated[str, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code."]
    names: Annotated[LocalizedTexts, "The country's names, by language."]
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49; null for fictional countries."]
    stage: Annotated[int, Field(examples=[3]), "The stage of the country, from 0 to 7."]
    programme: Annotated[ProfileProgramme | None, "The latest published programme; null without one."]
    actions: Annotated[list[ProfileAction], "Its published actions."]
    milestones: Annotated[list[ProfileMilestone], "The public milestones of these actions by day, at most 5,000."]
    indicators: Annotated[list[ProfileIndicator], "The indicators of the country, then those of its actions."]
    comparison: Annotated[list[ProfileComparison], "What was assessed, by period, the latest first."]
    reports: Annotated[
        list[CountryReport],
        "The progress reports that public programmes owe, and whether they came in time: by period, the latest first,"
        " at most 100.",
    ]
    changed_at: Annotated[
        datetime | None,
        "When the programme, its actions, milestones, values, assessments or public reports last changed; null without"
        " any.",
    ]
    links: Annotated[dict[str, str], "The profile as PDF, by language."]


def present(profile: CountryProfile) -> dict[str, Any]:
    """The profile as JSON."""
    country = COUNTRIES[profile.code]
    path = f"{OPEN_DATA.path}/countries/{profile.code}/profile.pdf"
    return {
        "code": profile.code,
        "names": dict(country.names),
        "region": country.region,
        "stage": profile.stage,
        "programme": _programme(profile.plan.programme) if profile.plan else None,
        "actions": [_action(profile, one) for one in profile.actions],
        "milestones": [_milestone(one) for one in profile.milestones],
        "indicators": [_indicator(one) for one in profile.measured()],
        "comparison": [_comparison(one) for one in profile.comparison],
        "reports": present_reports(profile.reports),
        "changed_at": to_text(profile.changed_at) if profile.changed_at else None,
        "links": {language: f"{path}?language={language}" for language in LANGUAGES},
    }


def _programme(of: ProgrammeRecord) -> dict[str, Any]:
    return _fields(of, "id", "ref", "framework", "status", "started_on", "completed_on")


def _action(profile: CountryProfile, of: ActionRecord) -> dict[str, Any]:
    known = profile.plan.institutions if profile.plan else {}
    return {
        **_fields(of, "id", "ref", "pillar", "kind", "titles", "descriptions", "status"),
        **_fields(of, "planned_start", "planned_end", "actual_start", "actual_end"),
        "pillar_titles": profile.pillar_titles(of.pillar),
        "participants": [
            {**one, "name": known[key].name} for one in of.participants if (key := UUID(one["institution_id"])) in known
        ],
    }


def _milestone(of: MilestoneRecord) -> dict[str, Any]:
    return _fields(of, "id", "ref", "action_id", "titles", "status", "due", "verified_on")


def _indicator(measured: Measured) -> dict[str, Any]:
    of, baseline = measured.of, measured.baseline
    return {
        **_fields(of, "id", "code", "titles", "measure", "unit", "scale", "direction"),
        "action_id": str(measured.action.id) if measured.action else None,
        "baseline": {**_value(baseline, of), "year": baseline.year} if baseline else None,
        "periods": [
            {
                "code": period.code,
                "starts": period.starts,
                "ends": period.ends,
                "target": _value(target, of) if target else None,
                "actual": _value(actual, of) if actual else None,
            }
            for period, target, actual in measured.periods
        ],
    }


def _value(record: Result | Target, of: Indicator) -> dict[str, Any]:
    other = {"text": record.text, "missing": record.missing} if isinstance(record, Result) else {}
    number = number_in(record, of)
    return {"id": str(record.id), "value": number, "code": record.code, "text": None, "missing": None, **other}


def _comparison(of: Compared) -> dict[str, Any]:
    subject = {"kind": of.kind, "id": str(of.id), "titles": of.titles}
    sides = {"self": of.own, "independent": of.independent, "difference": of.difference}
    return {"subject": subject, "period_id": str(of.period_id), "period": of.period, **sides}


def _fields(of: Record, *names: str) -> dict[str, Any]:
    found = {name: getattr(of, name) for name in names}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in found.items()}
