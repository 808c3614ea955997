"""The lifecycle of an expert: states, transitions, their rules, and the form of names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias, TypedDict

from services.membership.linkage.record_linkage.names import name_key
from services.membership.register.experts.record import EmailAddress, Expert, PersonName
from services.membership.register.terms.domain import is_early
from shared.kernel.lifecycle import Lifecycle, by_two, transition, within
from shared.kernel.step_up import TWO_FACTORS
from shared.kernel.text import email_key, fold, search_key

PUBLISHED = frozenset({"active", "grace"})
GRACE = timedelta(days=90)
"""How long after the last day of its term an expert remains published and has the same permissions."""
PROFILE_VALID = timedelta(days=365)
UNDONE_WITHIN = timedelta(days=30)
"""How long the mark that somebody has died is taken back."""
SCREENING_TARGET = timedelta(days=30)
"""The time that the secretariat has for an application; time with the applicant does not count."""

OfficerFault: TypeAlias = Literal["is_the_applicant", "officer_not_entitled"]
LinkFault: TypeAlias = Literal["has_an_account", "record_exists"]


@dataclass(frozen=True, slots=True)
class ExpertGuardContext:
    """The inputs of the guards. `is_applicant`: the caller's account is the expert's own. `has_record`: the account to
    be linked has another living record. `sets_days`: the caller gives the days of a term."""

    has_email: bool
    is_applicant: bool
    profile_confirmed_on: date | None
    conflict_of_interest_on: date | None
    today: date
    has_account: bool
    officer: OfficerFault | None = None
    """Why the file cannot be assigned to the named officer, or None."""
    has_record: bool = False
    restricted_for: str | None = None
    sets_days: bool = False
    status_since: date | None = None
    """The day on which the expert entered the present state."""


def _recent(guard_context: ExpertGuardContext) -> Literal["too_late"] | None:
    since = guard_context.status_since
    return None if since and guard_context.today - since <= UNDONE_WITHIN else "too_late"


def _needs_email(guard_context: ExpertGuardContext) -> Literal["email_missing"] | None:
    return None if guard_context.has_email else "email_missing"


def _invitable(guard_context: ExpertGuardContext) -> Literal["email_missing", "has_an_account"] | None:
    return "has_an_account" if guard_context.has_account else _needs_email(guard_context)


def _not_the_applicant(guard_context: ExpertGuardContext) -> Literal["is_the_applicant"] | None:
    return "is_the_applicant" if guard_context.is_applicant else None


def _renewable(
    guard_context: ExpertGuardContext,
) -> Literal["sets_own_term", "profile_not_confirmed", "conflict_of_interest_missing"] | None:
    if guard_context.is_applicant and guard_context.sets_days:
        return "sets_own_term"
    if (
        guard_context.profile_confirmed_on is None
        or guard_context.today - guard_context.profile_confirmed_on > PROFILE_VALID
    ):
        return "profile_not_confirmed"
    declared = guard_context.conflict_of_interest_on
    return None if declared and declared.year == guard_context.today.year else "conflict_of_interest_missing"


def _may_hold_the_file(guard_context: ExpertGuardContext) -> OfficerFault | None:
    return guard_context.officer


def _linkable(guard_context: ExpertGuardContext) -> LinkFault | None:
    if guard_context.has_account:
        return "has_an_account"
    return "record_exists" if guard_context.has_record else None


def _linked(guard_context: ExpertGuardContext) -> Literal["has_no_account"] | None:
    return None if guard_context.has_account else "has_no_account"


def _unrestricted(guard_context: ExpertGuardContext) -> Literal["is_restricted"] | None:
    return "is_restricted" if guard_context.restricted_for else None


def _liftable(guard_context: ExpertGuardContext) -> Literal["is_not_restricted", "erasure_requested"] | None:
    if guard_context.restricted_for == ERASURE:
        return "erasure_requested"
    return None if guard_context.restricted_for else "is_not_restricted"


HOLDERS: Mapping[str, str] = {
    "invited": "applicant",
    "applied": "secretariat",
    "info_requested": "applicant",
    "under_review": "secretariat",
}
"""Who holds the file in each state that waits for somebody; only in these states the clock runs."""
PAUSED = "info_requested"
"""The state in which the secretariat's clock is paused."""

LIVING = (
    "prospect",
    "invited",
    "applied",
    "info_requested",
    "under_review",
    "rejected",
    "active",
    "grace",
    "lapsed",
    "suspended",
)
"""The states of somebody who may still take part."""
CONVERSING = ("request_info", "resubmit")
"""The transitions whose reason is a message on the file."""
BEGIN_TERM = "begin_term"
CONFIRM_PROFILE, LINK_ACCOUNT, UNLINK_ACCOUNT = "confirm_profile", "link_account", "unlink_account"
RESTRICT, LIFT, REQUEST, ERASURE = "restrict_processing", "lift_restriction", "request", "erasure"
IN_TERM = ("active", "suspended")
"""The states in which a next term begins on its day."""
_STATES = (*LIVING, "resigned", "terminated", "deceased")

LIFECYCLE: Lifecycle[ExpertGuardContext] = Lifecycle(
    _STATES,
    (
        transition("invite", "prospect|invited", "invited", guard=_invitable),
        transition("apply", "invited", "applied", guard=_needs_email),
        transition("request_info", "applied", "info_requested", reason_required=True),
        transition("resubmit", "info_requested", "applied"),
        transition("start_review", "applied", "under_review", guard=_not_the_applicant),
        transition(
            "approve",
            "under_review",
            "active",
            guard=_not_the_applicant,
            fields=("starts", "ends"),
            fact="activated",
        ),
        *within(
            "assign", HOLDERS, guard=_may_hold_the_file, fields=("officer",), required=("officer",), fact="updated"
        ),
        transition("reject", "under_review", "rejected", guard=_not_the_applicant, reason_required=True),
        transition("reopen", "rejected", "applied"),
        *within(BEGIN_TERM, IN_TERM, is_scheduled=True, fact="updated"),
        transition("expire", "active", "grace", is_scheduled=True),
        transition("expire", "grace", "lapsed", is_scheduled=True),
        transition(
            "renew", "active|grace|lapsed", "active", guard=_renewable, fields=("starts", "ends"), fact="renewed"
        ),
        *within(CONFIRM_PROFILE, ("active", "grace", "lapsed"), fact="updated"),
        transition("suspend", "active|grace", "suspended", reason_required=True),
        transition("reinstate", "suspended", None, fact="reinstated"),
        transition("resign", "invited|applied|info_requested|active|grace|lapsed", "resigned"),
        transition(
            "terminate",
            "active|grace|lapsed|suspended",
            "terminated",
            second_person=by_two,
            reason_required=True,
            fields=("second_person",),
            step_up=TWO_FACTORS,
        ),
        transition("mark_deceased", "|".join(LIVING), "deceased", reason_required=True),
        transition("unmark_deceased", "deceased", None, guard=_recent, reason_required=True, fact="reinstated"),
        *within(
            LINK_ACCOUNT,
            LIVING,
            guard=_linkable,
            fields=("account_id",),
            required=("account_id",),
            fact="account_linked",
        ),
        *within(UNLINK_ACCOUNT, LIVING, guard=_linked, reason_required=True, fact="account_unlinked"),
        *within(RESTRICT, _STATES, guard=_unrestricted, fact="restricted"),
        *within(LIFT, _STATES, guard=_liftable, fact="restriction_lifted"),
    ),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Since when its holder has the file, and when the secretariat should decide; None while nobody waits. During a
    pause, `target` is its value at the start of the pause."""

    since: datetime | None = None
    target: datetime | None = None


def next_clock(clock: Clock, left: str, entered: str, at: datetime) -> Clock:
    """The clock after a transition at this instant."""
    if entered not in HOLDERS:
        return Clock()
    if entered == PAUSED:
        return Clock(at, clock.target)
    if left == PAUSED and clock.since and clock.target:
        return Clock(at, clock.target + (at - clock.since))
    if HOLDERS.get(left) == HOLDERS[entered] and clock.since:
        return clock
    return Clock(at, at + SCREENING_TARGET)


def unlisted(visibility: str) -> str:
    """The visibility off public lists: that of a public record becomes `network`."""
    return "network" if visibility == "public" else visibility


def restricted(record: Expert, why: str, at: datetime) -> Expert:
    """The record while its processing is restricted. It keeps the visibility that it had before."""
    before = record.visibility_before or record.visibility
    return replace(
        record,
        restricted_at=record.restricted_at or at,
        restricted_for=why,
        visibility="restricted",
        visibility_before=before,
    )


def unrestricted(record: Expert) -> Expert:
    """The record as before its restriction; not public where the person has withdrawn the consent to be listed."""
    visibility = record.visibility_before or record.visibility
    if record.listing_withdrawn_on is not None:
        visibility = unlisted(visibility)
    return replace(record, restricted_at=None, restricted_for=None, visibility=visibility, visibility_before=None)


class Derived(TypedDict):
    """The columns derived from names and e-mail addresses."""

    display_name: str
    sort_name: str
    search_key: str
    name_key: str
    email_keys: list[str]


def derived(names: Sequence[PersonName], emails: Iterable[EmailAddress]) -> Derived:
    """The columns derived from these names and addresses."""
    shown = display_name(names)
    return {
        "display_name": shown,
        "sort_name": sort_name(shown),
        "search_key": names_search_key(names),
        "name_key": name_key(names),
        "email_keys": [email_key(email["value"]) for email in emails],
    }


def display_name(names: Sequence[PersonName]) -> str:
    """The preferred name as one line: `full`, else given and family."""
    name = next(iter([name for name in names if name.get("kind") == "preferred"]), names[0])
    return name.get("full") or " ".join(filter(None, (name.get("given"), name.get("family"))))


def sort_name(shown: str) -> str:
    """The folded form of a displayed name, by which lists are sorted, at most 500 characters."""
    return fold(shown)[:500]


def names_search_key(names: Sequence[PersonName]) -> str:
    """All names in both orders, folded, for the trigram index."""
    texts = []
    for name in names:
        given, family = name.get("given") or "", name.get("family") or ""
        texts += [name.get("full") or "", f"{given} {family}", f"{family} {given}" if given and family else ""]
    return search_key(*texts)


def with_term(record: Expert, starts: date, ends: date, today: date) -> Expert:
    """The record with a term that it was given: beside the present one if it begins before that is over, else in its
    place."""
    if is_early(record.status, record.term_ends, starts, today):
        return replace(record, next_term_starts=starts, next_term_ends=ends)
    return replace(record, term_starts=starts, term_ends=ends, next_term_starts=None, next_term_ends=None)


def in_next_term(record: Expert) -> Expert:
    """The record as its next term begins."""
    starts, ends = record.next_term_starts, record.next_term_ends
    return replace(record, term_starts=starts, term_ends=ends, next_term_starts=None, next_term_ends=None)
