"""The life of an expert: states, steps, the rules of each, and what a name is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.kernel.lifecycle import Lifecycle, step
from shared.kernel.text import fold, search_key

CATEGORIES = ("supporter", "expert", "fellow", "honorary", "student")
PUBLISHED = frozenset({"active", "grace"})
TERM_YEARS = 4
GRACE = timedelta(days=90)
"""How long after the last day of its term an expert is still published and may do what active ones do."""
PROFILE_VALID = timedelta(days=365)
SCREENING_TARGET = timedelta(days=30)
BOUNDARIES = (
    "climate-change",
    "biosphere-integrity",
    "land-system-change",
    "freshwater-change",
    "biogeochemical-flows",
    "novel-entities",
    "ocean-acidification",
    "atmospheric-aerosol-loading",
    "stratospheric-ozone-depletion",
)

PUBLIC_FIELDS = frozenset(
    [
        "id",
        "ref",
        "version",
        "status",
        "names",
        "display_name",
        "country",
        "category",
        "languages",
        "fields",
        "planetary_boundaries",
        "ecosystems",
        "keywords",
        "biography",
        "orcid",
        "term",
        "affiliations",
        "emails",
        "visibility",
        "links",
        "allowed_actions",
    ]
)
"""What a caller without a grant over the expert sees; of the e-mails only those of visibility `public`."""


@dataclass(frozen=True, slots=True)
class ExpertCase:
    """What the guards look at. `is_applicant`: the caller's account is the expert's own."""

    has_email: bool
    is_applicant: bool
    profile_confirmed_on: date | None
    conflict_of_interest_on: date | None
    today: date
    second_person: str | None = None
    """Why the second person does not count, or None; asked only of steps that need one."""


def _needs_email(case: ExpertCase) -> str | None:
    return None if case.has_email else "email_missing"


def _not_the_applicant(case: ExpertCase) -> str | None:
    return "is_the_applicant" if case.is_applicant else None


def _renewable(case: ExpertCase) -> str | None:
    if case.profile_confirmed_on is None or case.today - case.profile_confirmed_on > PROFILE_VALID:
        return "profile_not_confirmed"
    declared = case.conflict_of_interest_on
    return None if declared and declared.year == case.today.year else "conflict_of_interest_missing"


def _second_person(case: ExpertCase) -> str | None:
    return case.second_person


_LIVING = "prospect|invited|applied|info_requested|under_review|rejected|active|grace|lapsed|suspended"

LIFECYCLE: Lifecycle[ExpertCase] = Lifecycle(
    (*_LIVING.split("|"), "resigned", "terminated", "deceased"),
    (
        step("invite", "prospect", "invited", guard=_needs_email),
        step("apply", "invited", "applied", guard=_needs_email),
        step("request_info", "applied", "info_requested", reason_required=True),
        step("resubmit", "info_requested", "applied"),
        step("start_review", "applied", "under_review", guard=_not_the_applicant),
        step(
            "approve",
            "under_review",
            "active",
            guard=_not_the_applicant,
            fields=("starts", "ends"),
            fact="activated",
        ),
        step("reject", "under_review", "rejected", guard=_not_the_applicant, reason_required=True),
        step("reopen", "rejected", "applied"),
        step("expire", "active", "grace", timed=True),
        step("expire", "grace", "lapsed", timed=True),
        step("renew", "active|grace|lapsed", "active", guard=_renewable, fields=("starts", "ends"), fact="renewed"),
        step("suspend", "active|grace", "suspended", reason_required=True),
        step("reinstate", "suspended", None, fact="reinstated"),
        step("resign", "invited|applied|info_requested|active|grace|lapsed", "resigned"),
        step(
            "terminate",
            "active|grace|lapsed|suspended",
            "terminated",
            guard=_second_person,
            reason_required=True,
            fields=("second_person",),
        ),
        step("mark_deceased", _LIVING, "deceased"),
    ),
)

HOLDERS: Mapping[str, str] = {
    "invited": "applicant",
    "applied": "secretariat",
    "info_requested": "applicant",
    "under_review": "secretariat",
}
"""Who holds the file while it waits; the clock runs in these states only."""


def display_name(names: Sequence[Mapping[str, Any]]) -> str:
    """The preferred name as one line: `full`, else given and family."""
    name = next((name for name in names if name.get("kind") == "preferred"), names[0])
    return name.get("full") or " ".join(part for part in (name.get("given"), name.get("family")) if part)


def sort_name(names: Sequence[Mapping[str, Any]]) -> str:
    """The folded name that lists are sorted by, at most 500 characters."""
    return fold(display_name(names))[:500]


def names_search_key(names: Sequence[Mapping[str, Any]]) -> str:
    """All names in both orders, folded, for the trigram index."""
    texts = []
    for name in names:
        given, family = name.get("given") or "", name.get("family") or ""
        texts += [name.get("full") or "", f"{given} {family}", f"{family} {given}" if given and family else ""]
    return search_key(*texts)


def default_term(starts: date | None, ends: date | None, today: date) -> tuple[date, date]:
    """The term of an approval: today and four years where nothing is said."""
    starts = starts or today
    if ends is None:
        day = 28 if (starts.month, starts.day) == (2, 29) else starts.day
        ends = date(starts.year + TERM_YEARS, starts.month, day) - timedelta(days=1)
    return starts, ends
