"""What goes over HTTP for countries."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.actions.overview.countries.domain import NO_FACTS, facts_by, stage_of
from services.actions.overview.countries.queries import LatestProgramme
from services.actions.overview.countries.record import CountryStage, OwedReport
from shared.kernel.countries import GROUPS, Country
from shared.kernel.lights import LIGHTS
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Day, LocalizedTexts, ResponseModel


class StageFact(ResponseModel):
    """One of the seven facts. `link` is the record that bears it out, for those whose grants cover the country."""

    key: Annotated[str, Field(examples=["scientific_committee"]), "The name of the fact."]
    met: Annotated[bool, "Whether the fact is met on the day."]
    date: Annotated[Day | None, "Since when it is met."]
    link: Annotated[str | None, Field(examples=[None]), "The record that proves it; for grants that cover the country."]


class ProgrammePillar(ResponseModel):
    """One of the three actions of the framework: how many actions a country has in it, and how far the furthest is."""

    pillar: Annotated[str, Field(examples=["action-1"]), "The proactive action of the framework."]
    titles: Annotated[LocalizedTexts, "Its titles, by language."]
    count: Annotated[int, Field(examples=[2]), "How many actions the country has in it."]
    status: Annotated[str | None, Field(examples=["in_progress"]), "The state of the action that is furthest."]


class ProgrammeCore(ResponseModel):
    """What every country has once."""

    centre_id: Annotated[UUID | None, Refers("/centres/v1/centres"), "The centre that links the three actions."]


class CountryProgramme(ResponseModel):
    """The country's latest programme that the caller may know of."""

    id: Annotated[UUID, Refers("/actions/v1/programmes"), "The programme's id."]
    ref: Annotated[str, Field(examples=["PRG-000001"]), "The programme's ref."]
    status: Annotated[str, Field(examples=["implementing"]), "The programme's state."]
    core: Annotated[ProgrammeCore, "What every country has once."]
    actions: Annotated[list[ProgrammePillar], "The three proactive actions, in their order."]


class CountryReport(ResponseModel):
    """A report that a programme of the country owes, or has submitted, about a period."""

    programme: Annotated[UUID, Refers("/actions/v1/programmes"), "The programme."]
    period: Annotated[str, Field(examples=["2026"]), "The code of the period."]
    due_on: Annotated[Day, "The last day on which the report is in time."]
    light: Annotated[
        str | None,
        Field(examples=["yellow"], json_schema_extra={STATES: [*LIGHTS]}),
        "Green until that day, yellow for 60 days, then red; null once a report was submitted.",
    ]
    on_time: Annotated[
        bool | None, Field(examples=[None]), "Whether it was first submitted by that day; null before it was submitted."
    ]
    report: Annotated[
        UUID | None, Refers("/actions/v1/reports"), "The report; null for whom it is not published, and without one."
    ]
    ref: Annotated[str | None, Field(examples=["PRR-000001"]), "Its reference, as far as `report` is shown."]


class CountryCounts(ResponseModel):
    """Published rows, and all rows for those whose grants cover the country."""

    experts: Annotated[int, Field(examples=[120]), "Experts of the country."]
    institutions: Annotated[int, Field(examples=[14]), "Institutions of the country."]
    centres: Annotated[int, Field(examples=[1]), "Centres of the country."]


class ListedCountry(ResponseModel):
    """A country as the list holds it. `as_of` is the day whose facts are shown."""

    code: Annotated[str, Field(examples=["XA"]), "The country, as an ISO 3166-1 alpha-2 code."]
    names: Annotated[LocalizedTexts, "The country's names, by language."]
    region: Annotated[str | None, Field(examples=["Asia"]), "The region of UN M49; null for fictional countries."]
    groups: Annotated[
        list[str],
        Field(examples=[["lldc"]], json_schema_extra={"items": {"type": "string", "enum": [*GROUPS]}}),
        "Whether it is among the least developed countries, the landlocked developing countries and the small island"
        " developing States of the United Nations.",
    ]
    stage: Annotated[int, Field(examples=[3]), "The stage of the country, from 0 to 7: the facts met in their order."]
    facts: Annotated[list[StageFact], "The seven facts that the stage follows from."]
    counts: Annotated[CountryCounts, "What the country has in the register."]
    as_of: Annotated[Day, "The day of the facts."]


class CountryAnswer(ListedCountry):
    """A country with its programme."""

    programme: Annotated[CountryProgramme | None, "The country's latest programme that the caller may know of."]
    reports: Annotated[
        list[CountryReport] | None,
        "The progress reports that launched programmes of the country owe, of those that the caller may know of: by"
        " period, the latest first, at most 100. Null for a past day.",
    ]


_FURTHEST = ("closed", "finalising", "in_progress", "suspended", "planned", "proposed", "cancelled")


def present(
    country: Country, stage: CountryStage | None, counts: Mapping[str, int], day: date, *, is_covered: bool
) -> dict[str, Any]:
    """The country as an item of the list, with its stage if it has one."""
    facts = facts_by(stage.facts if stage else NO_FACTS, day)
    if not is_covered:
        facts = [{**fact, "link": None} for fact in facts]
    return {
        "code": country.code,
        "names": dict(country.names),
        "region": country.region,
        "groups": [*country.groups],
        "stage": stage_of(facts),
        "facts": facts,
        "counts": dict(counts),
        "as_of": day.isoformat(),
    }


def present_programme(
    programme: LatestProgramme, states: Mapping[str, Sequence[str]], *, shows_centre: bool
) -> dict[str, Any]:
    """The programme in the response of a country: the core and the framework's three actions in their order."""
    pillars = sorted(programme.pillars, key=lambda pillar: pillar["order"])
    return {
        "id": str(programme.id),
        "ref": programme.ref,
        "status": programme.status,
        "core": {"centre_id": str(programme.centre_id) if shows_centre else None},
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


def present_reports(reports: Sequence[OwedReport]) -> list[dict[str, Any]]:
    """What the programmes of a country owe."""
    return [
        {
            **one._asdict(),
            "programme": str(one.programme),
            "due_on": one.due_on.isoformat(),
            "report": one.report and str(one.report),
        }
        for one in reports
    ]
