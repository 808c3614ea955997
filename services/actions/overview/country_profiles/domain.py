"""What a public page shows of a country. Plain Python."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from services.actions.exchange.iati.domain import Plan, Reported
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.periods.record import Period
from services.actions.measurement.results.record import Result
from services.actions.measurement.results.values import Amount, number_of
from services.actions.measurement.targets.record import Target
from services.actions.overview.countries.record import OwedReport
from services.actions.plan.actions.record import Action
from services.actions.plan.frameworks.record import Core, Pillar
from services.actions.plan.milestones.record import Milestone
from shared.kernel.decimals import to_text
from shared.records.record import Texts

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
"""The instant of a profile that has nothing."""


class Measured(NamedTuple):
    """An indicator of a country, or of one of its actions: its baseline, and target and actual value by period."""

    of: Indicator
    action: Action | None
    baseline: Result | None
    periods: Sequence[tuple[Period, Target | None, Result | None]]


class Comparison(NamedTuple):
    """How far a programme, action, milestone or centre has come in a period, as the country says and as an independent
    assessment says, and the difference in steps. `period` is the code of the period."""

    kind: str
    id: UUID
    titles: Texts
    period_id: UUID
    period: str
    own: str | None
    independent: str | None
    difference: int | None


@dataclass(frozen=True, slots=True)
class CountryProfile:
    """A country with its stage, its latest published programme, and the pillars of that programme's framework."""

    code: str
    stage: int
    plan: Plan | None
    core: Core | None
    pillars: Sequence[Pillar]
    comparison: Sequence[Comparison] = ()
    reports: Sequence[OwedReport] = ()
    assessed_at: datetime | None = None
    """When the assessments and the public reports that it shows were last changed."""
    milestones: Sequence[Milestone] = ()
    """The public milestones of the actions, by day."""

    @property
    def actions(self) -> Sequence[Action]:
        """The published actions of the programme."""
        return self.plan.actions if self.plan else ()

    def pillar_titles(self, key: str) -> Texts:
        """The titles of a pillar, or of the core."""
        if self.core is not None and key == "core":
            return self.core["titles"]
        return next((one["titles"] for one in self.pillars if one["key"] == key), {"en": key})

    def measured(self) -> Iterator[Measured]:
        """The indicators of the country, then those of each action."""
        if self.plan is None:
            return
        yield from (_measured(one, None) for one in self.plan.reported.get(self.plan.programme.id, ()))
        for action in self.actions:
            yield from (_measured(one, action) for one in self.plan.reported.get(action.id, ()))

    @property
    def changed_at(self) -> datetime | None:
        """When what the profile shows was last changed; None without anything."""
        of_plan = () if self.plan is None else (self.plan.programme, *self.actions, *self.milestones)
        of_values = (
            one.updated_at
            for measured in self.measured()
            for one in (measured.of, measured.baseline, *chain.from_iterable(part[1:] for part in measured.periods))
            if one is not None
        )
        found = chain((one.updated_at for one in of_plan), of_values, filter(None, (self.assessed_at,)))
        return max(found, default=None)


def number_in(record: Result | Target, of: Indicator) -> str | None:
    """The number of a value in decimal text; None for other values."""
    fraction = (record.numerator, record.denominator) if isinstance(record, Result) else (None, None)
    number = number_of(Amount(record.value, *fraction), of.measure)
    return None if number is None else to_text(number)


def _measured(of: Reported, action: Action | None) -> Measured:
    periods = [
        (period, targets[0] if targets else None, results[0] if results else None)
        for period, targets, results in of.periods
    ]
    return Measured(of.of, action, of.baselines[-1] if of.baselines else None, periods)
