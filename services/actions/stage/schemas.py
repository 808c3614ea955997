"""What goes over HTTP for countries."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.actions.stage.domain import NO_FACTS, facts_by, stage_of
from shared.kernel.countries import Country
from shared.web.fields import Answer, Day


class StageFact(Answer):
    """One of the seven facts. `link` is the record that bears it out, for those whose grants cover the country."""

    key: str
    met: bool
    date: Day | None
    link: str | None


class ProgrammePillar(Answer):
    """One of the three actions of the framework: how many actions a country has in it, and how far the furthest is."""

    pillar: str
    titles: dict[str, str]
    count: int
    status: str | None


class ProgrammeCore(Answer):
    centre_id: UUID | None


class CountryProgramme(Answer):
    """The country's latest programme that the caller may know of."""

    id: UUID
    ref: str
    status: str
    core: ProgrammeCore
    actions: list[ProgrammePillar]


class CountryCounts(Answer):
    """Published rows, and all rows for those whose grants cover the country."""

    experts: int
    institutions: int
    centres: int


class ListedCountry(Answer):
    """A country as the list holds it. `as_of` is the day whose facts are told."""

    code: str
    names: dict[str, str]
    region: str | None
    stage: int
    facts: list[StageFact]
    counts: CountryCounts
    as_of: Day


class CountryAnswer(ListedCountry):
    """A country with its programme."""

    programme: CountryProgramme | None


_FURTHEST = ("closed", "finalising", "in_progress", "suspended", "planned", "proposed", "cancelled")


def present(
    country: Country, row: Mapping[str, Any] | None, counts: Mapping[str, int], day: date, *, is_covered: bool
) -> dict[str, Any]:
    """The country as the list holds it, from its stage's row if it has one."""
    stored = NO_FACTS if row is None else row["facts"]
    facts = facts_by(stored, day)
    if not is_covered:
        facts = [{**fact, "link": None} for fact in facts]
    return {
        "code": country.code,
        "names": dict(country.names),
        "region": country.region,
        "stage": stage_of(facts),
        "facts": facts,
        "counts": dict(counts),
        "as_of": day.isoformat(),
    }


def present_programme(
    row: Mapping[str, Any], states: Mapping[str, Sequence[str]], *, shows_centre: bool
) -> dict[str, Any]:
    """The programme within a country's answer: the core and the framework's three actions in their order."""
    pillars = sorted(orjson.loads(row["pillars"]), key=lambda pillar: pillar["order"])
    return {
        "id": str(row["id"]),
        "ref": row["ref"],
        "status": row["status"],
        "core": {"centre_id": str(row["centre_id"]) if shows_centre else None},
        "actions": [
            {
                "pillar": pillar["key"],
                "titles": pillar["titles"],
                "count": len(states.get(pillar["key"], ())),
                "status": min(states.get(pillar["key"], ()), key=_FURTHEST.index, default=None),
            }
            for pillar in pillars
        ],
    }
