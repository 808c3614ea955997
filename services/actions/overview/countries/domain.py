"""The stage of a country: seven facts, each derived from records, and the rung that follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.actions.overview.countries.record import CountryStage, StageFact

RUNGS = (
    "contact",
    "preparatory_committee",
    "scientific_committee",
    "centre",
    "endorsement",
    "programme",
    "results",
)
"""The facts in the order of the ladder.

`contact`: the earliest of a letter logged, a focal point active, an endorsement verified, a committee proposed.
`preparatory_committee`: a committee that was formed, or has become scientific, and has not ended.
`scientific_committee`: a committee that was recognised and has not ended; suspension does not change it. `centre`: a
designated centre that is active or in renewal; a suspended one does not count. `endorsement`: a verified one of level 3
or more that is valid today. `programme`: the centre, and one programme that was approved with, in each of the three
pillars, an action under way, finishing or closed. `results`: a milestone of such a programme's actions verified as
done, by somebody of another body, or a result of a period accepted for an indicator of its framework or of the country.
Each date is the day of the decision: a committee's forming or recognition, a
centre's designation, an endorsement's day of issue (of verification if it has none), the start of the last of the four
elements, a milestone's verification, the first
acceptance of a result that was revised.
"""


@dataclass(frozen=True, slots=True)
class FactPeriod:
    """A period in which a fact was met: from `starts` until the day before `ends`. `day` is the day of the decision."""

    key: str
    day: date
    link: str
    starts: date
    ends: date | None = None


def counts_from(key: str, day: date, link: str, past: Sequence[FactPeriod], today: date) -> date:
    """The first day on which a met fact counts: the day of the decision, or today if the fact was lost since then, so
    that the days without it remain without it."""
    was_lost = any((one.key, one.link) == (key, link) and one.ends is not None for one in past)
    return today if was_lost else day


def facts_on(fact_periods: Sequence[FactPeriod], day: date) -> list[StageFact]:
    """All seven facts on a day. If several records support a fact, the earliest decision counts."""
    found: dict[str, tuple[date, str]] = {}
    for one in fact_periods:
        if one.starts <= day and (one.ends is None or day < one.ends):
            found[one.key] = min(found.get(one.key, (one.day, one.link)), (one.day, one.link))
    return facts_of(found)


def headline(met: Sequence[bool]) -> int:
    """The highest rung, 0 to 7, for which it and all lower rungs are met."""
    return next((rung for rung, is_met in enumerate(met) if not is_met), len(met))


def facts_of(found: Mapping[str, tuple[date, str]]) -> list[StageFact]:
    """All seven facts, from the day and the address of the records that were found."""
    return [_met(key, *found[key]) if key in found else _unmet(key) for key in RUNGS]


def _met(key: str, day: date, link: str) -> StageFact:
    return {"key": key, "met": True, "date": day.isoformat(), "link": link}


def _unmet(key: str) -> StageFact:
    return {"key": key, "met": False, "date": None, "link": None}


NO_FACTS = facts_of({})


def facts_by(facts: Sequence[StageFact], day: date) -> list[StageFact]:
    """The facts on a day: later decisions count as not met."""
    until = day.isoformat()
    return [fact if fact["date"] is not None and fact["date"] <= until else _unmet(fact["key"]) for fact in facts]


def stage_of(facts: Sequence[StageFact]) -> int:
    """The highest rung of seven facts."""
    return headline([fact["met"] for fact in facts])


def stage_on(stage: CountryStage | None, day: date) -> int:
    """The stage of a country on a day; 0 without a stage."""
    return 0 if stage is None else stage_of(facts_by(stage.facts, day))
