"""What of a programme and its actions IATI's activities say. Plain Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.periods.record import Period
from services.actions.measurement.results.record import Result
from services.actions.measurement.targets.record import Target
from services.actions.plan.actions.domain import IATI_STATUS
from services.actions.plan.actions.record import Action, Location
from services.actions.plan.programmes.record import Programme
from services.actions.reporting.evidence.record import Evidence
from shared.kernel.countries import COUNTRIES
from shared.records.record import Texts

PROGRAMME_STATUS = {"approved": 1, "implementing": 2, "completed": 4}
"""IATI 2.03, codelist ActivityStatus, for the published states of a programme."""
REASONS = {
    "no_organisation": "No public institution takes part.",
    "no_start": "Neither a planned nor an actual first day is known.",
    "not_valid": "It does not fit the IATI schema",
}
"""Why an activity is left out, by code."""


class Organisation(NamedTuple):
    """A public institution that takes part. `ror` is the whole ROR id, if it has one."""

    name: str
    ror: str | None
    role: int


class Institution(NamedTuple):
    """The name and the ROR id of a public institution."""

    name: str
    ror: str | None


class Dates(NamedTuple):
    """The days of an activity."""

    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None


class Reported(NamedTuple):
    """The public baselines, targets and published results of one subject, for one indicator."""

    of: Indicator
    baselines: Sequence[Result]
    periods: Sequence[tuple[Period, Sequence[Target], Sequence[Result]]]


@dataclass(frozen=True, slots=True)
class Details:
    """What the activity of an action says in addition to that of a programme."""

    is_research: bool = False
    locations: Sequence[Location] = ()
    tags: Sequence[Tag] = ()
    documents: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """A programme or an action as an activity. `related` are the ref of an action's programme, or the refs of a
    programme's actions."""

    kind: Literal["programme", "action"]
    id: UUID
    ref: str
    titles: Texts
    descriptions: Texts
    organisations: Sequence[Organisation]
    status: int
    dates: Dates
    country: str
    details: Details = Details()
    related: Sequence[str] = ()
    reported: Sequence[Reported] = ()

    @property
    def hierarchy(self) -> int:
        """1 for a programme, 2 for an action."""
        return 1 if self.kind == "programme" else 2


@dataclass(frozen=True, slots=True)
class Plan:
    """A published programme with its published actions, and what they refer to that everybody may know."""

    programme: Programme
    actions: Sequence[Action]
    institutions: Mapping[UUID, Institution]
    evidence: Mapping[UUID, Evidence]
    reported: Mapping[UUID, Sequence[Reported]] = field(default_factory=dict)
    """By the id of an action; by that of the programme, what is about its country."""


def missing(activity: Activity) -> str | None:
    """The code of the reason for which it cannot be an activity, before the schema is asked."""
    if not activity.organisations:
        return "no_organisation"
    if activity.dates.planned_start is None and activity.dates.actual_start is None:
        return "no_start"
    return None


def reported(
    of: Indicator, results: Sequence[Result], targets: Sequence[Target], periods: Iterable[Period]
) -> Reported:
    """The baselines, targets and actual values of one subject by period."""
    by_period = [
        (
            one,
            [target for target in targets if target.period_id == one.id],
            [result for result in results if result.period_id == one.id],
        )
        for one in periods
    ]
    baselines = [result for result in results if result.kind == "baseline"]
    return Reported(of, baselines, [part for part in by_period if part[1] or part[2]])


def of_action(plan: Plan, of: Action) -> Activity:
    """An action as an activity."""
    source = of.baseline and of.baseline["source"]
    named = [UUID(key)] if source and (key := source.get("evidence_id")) else []
    return Activity(
        kind="action",
        id=of.id,
        ref=of.ref,
        titles=of.titles,
        descriptions=of.descriptions or of.titles,
        organisations=_organisations([of], plan.institutions),
        status=IATI_STATUS[of.status],
        dates=Dates(of.planned_start, of.planned_end, of.actual_start, of.actual_end),
        country=of.country,
        details=Details(
            is_research=of.kind == "research_project",
            locations=of.locations,
            tags=of.tags,
            documents=[plan.evidence[key] for key in named if key in plan.evidence],
        ),
        reported=plan.reported.get(of.id, ()),
    )


def of_programme(plan: Plan) -> Activity:
    """The programme as an activity."""
    of = plan.programme
    titles = {language: f"{of.framework}: {name}" for language, name in COUNTRIES[of.country].names.items()}
    return Activity(
        kind="programme",
        id=of.id,
        ref=of.ref,
        titles=titles,
        descriptions=titles,
        organisations=_organisations(plan.actions, plan.institutions),
        status=PROGRAMME_STATUS[of.status],
        dates=_dates(of, plan.actions),
        country=of.country,
        reported=plan.reported.get(of.id, ()),
    )


def _dates(of: Programme, actions: Iterable[Action]) -> Dates:
    """The first and the last days of its actions; its own where it started or was completed."""
    found = list(actions)
    return Dates(
        min((one.planned_start for one in found if one.planned_start), default=None),
        max((one.planned_end for one in found if one.planned_end), default=None),
        of.started_on or min((one.actual_start for one in found if one.actual_start), default=None),
        of.completed_on,
    )


def _organisations(of: Iterable[Action], known: Mapping[UUID, Institution]) -> list[Organisation]:
    """The public institutions that take part, each once with each role, in the order in which they are named."""
    named = dict.fromkeys((UUID(one["institution_id"]), one["role"]) for action in of for one in action.participants)
    return [Organisation(*known[key], role) for key, role in named if key in known]
