"""What a centre has and lacks for its next transition with conditions."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from services.centres.designation.centres.domain import (
    ANSWERS,
    BEFORE_RENEWAL,
    DESIGNATE,
    RECOMMEND,
    RENEW,
    SUBMIT,
    SUBMIT_RENEWAL,
    CentreGuardContext,
    Condition,
)
from services.centres.designation.centres.record import Centre
from shared.kernel.text import LANGUAGES
from shared.records.record import Texts

LEAST_FILES = 5
"""The fewest files of which statistics show durations."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next transition with conditions, and these."""

    verb: str
    conditions: Sequence[Condition[str]]


_NEXT = {
    "draft|submitted|info_requested": Ahead("submit", SUBMIT),
    "under_review": Ahead("recommend", RECOMMEND),
    "awaiting_agreement": Ahead("designate", DESIGNATE),
    "|".join(BEFORE_RENEWAL): Ahead("submit_renewal", SUBMIT_RENEWAL),
    "renewal_review|expired": Ahead("renew", RENEW),
}
AHEAD: Mapping[str, Ahead] = {status: ahead for states, ahead in _NEXT.items() for status in states.split("|")}
"""What each state waits for; other states have ended. `resubmit` has the conditions of `submit`."""


@dataclass(frozen=True, slots=True)
class Item:
    """One condition, with where it is met. `reason` is that for which the transition is refused without it."""

    key: str
    titles: Texts
    met: bool
    link: str
    needed_for: str
    reason: str | None


def checklist(centre: Centre, guard_context: CentreGuardContext) -> list[Item]:
    """The conditions of the next transition, as its guard checks them, in its order; each required question by itself.
    Empty for a centre that has ended."""
    ahead = AHEAD.get(centre.status)
    if ahead is None:
        return []
    own = Centre.resource_type.link(centre.id)
    links = {
        "reviews": f"{own}/reviews",
        "agreement": f"/centres/v1/agreements?centre_id={centre.id}",
        "endorsement": f"/actions/v1/endorsements?country={centre.country}",
        "final_report": f"/centres/v1/annual_reports?centre_id={centre.id}&kind=final",
        "evaluation": f"/centres/v1/evaluations?centre_id={centre.id}",
        "annual_reports": f"/centres/v1/annual_reports?centre_id={centre.id}&kind=annual",
    }
    return [
        Item(key, titles, met, links.get(key, own), ahead.verb, None if met else condition.reason)
        for condition in ahead.conditions
        for key, titles, met in _parts(condition, guard_context)
    ]


def _parts(condition: Condition[str], guard_context: CentreGuardContext) -> list[tuple[str, Texts, bool]]:
    """The key, the titles and whether it is met, of a condition or of each question."""
    if condition is not ANSWERS:
        return [(condition.key, _TITLES[condition.key], condition.is_met(guard_context))]
    submission = guard_context.submission
    required = (question for question in submission.questions if question["required"])
    return [(one["key"], one["titles"], one["key"] not in submission.unanswered) for one in required]


def missing(items: Sequence[Item]) -> list[str]:
    """The reasons that the transition meets one after the other, each once."""
    return list(dict.fromkeys(item.reason for item in items if item.reason is not None))


def _read() -> Mapping[str, Texts]:
    with files("services.centres.designation.stages").joinpath("data/titles.csv").open(encoding="utf-8") as lines:
        return {row["key"]: {language: row[language] for language in LANGUAGES} for row in csv.DictReader(lines)}


_TITLES = _read()
