"""The lifecycle of a contribution, its authors and its last day. Plain Python."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from services.actions.global_report.contributions.record import Address, Author, Contribution
from shared.kernel.clock import to_text
from shared.kernel.errors import FieldError
from shared.kernel.lifecycle import Lifecycle, transition, within

MOST_AUTHORS = 100
MOST_MAILS = 300
"""Most mails to the authors of a contribution, whatever addresses are named."""
AWAITED = ("draft", "changes_requested")
"""The states in which the authors have it."""
EDITABLE = ("proposed", *AWAITED)
"""The states in which it changes, and takes versions."""
OPEN = (*EDITABLE, "submitted", "in_review")
PUBLISHED = frozenset({"published"})
"""The states in which a contribution is visible by its visibility, which its edition gives it."""
COMMENTED = ("open", "answered", "resolved")
"""The states of comments that count."""
CONFIRM = "confirm_authorship"
NO_ADDRESS: Mapping[str, Address] = {}


Missing: TypeAlias = Literal[
    "version_missing", "abstract_missing", "conflicts_missing", "authors_missing", "authorships_unconfirmed"
]
"""What a submission needs."""


@dataclass(frozen=True, slots=True)
class ContributionGuardContext:
    """The inputs of the guards: whether the caller is one of the authors, and has still to confirm it; what is missing
    for a submission; what a clearance depends on."""

    is_author: bool
    is_unconfirmed: bool
    missing: Missing | None = None
    has_open_comments: bool = False
    has_open_rounds: bool = False
    is_chapter: bool = False
    """Whether it is the chapter of a country."""
    has_consent: bool = False
    """Whether its country has consented; to a text that was published, whether to the newest version."""


def _submittable(guard_context: ContributionGuardContext) -> Missing | None:
    return guard_context.missing


def _by_another(guard_context: ContributionGuardContext) -> Literal["is_an_author"] | None:
    return "is_an_author" if guard_context.is_author else None


def _clearable(
    guard_context: ContributionGuardContext,
) -> Literal["is_an_author", "comments_open", "round_not_complete", "national_consent_missing"] | None:
    if guard_context.is_author:
        return "is_an_author"
    if guard_context.has_open_comments:
        return "comments_open"
    if guard_context.has_open_rounds:
        return "round_not_complete"
    return "national_consent_missing" if guard_context.is_chapter and not guard_context.has_consent else None


def _consentable(
    guard_context: ContributionGuardContext,
) -> Literal["not_a_country_chapter", "consent_given"] | None:
    if not guard_context.is_chapter:
        return "not_a_country_chapter"
    return "consent_given" if guard_context.has_consent else None


def _confirmable(
    guard_context: ContributionGuardContext,
) -> Literal["not_an_author", "authorship_confirmed"] | None:
    if not guard_context.is_author:
        return "not_an_author"
    return None if guard_context.is_unconfirmed else "authorship_confirmed"


LIFECYCLE: Lifecycle[ContributionGuardContext] = Lifecycle(
    (*OPEN, "cleared", "published", "declined", "dropped"),
    (
        transition("accept", "proposed", "draft", guard=_by_another, fields=("due",)),
        transition("decline", "proposed", "declined", guard=_by_another, reason_required=True),
        *within(CONFIRM, EDITABLE, guard=_confirmable, fact="authorship_confirmed"),
        *within("assign", OPEN, fields=("editor_id",), fact="assigned"),
        transition("submit", "|".join(AWAITED), "submitted", guard=_submittable),
        transition("take", "submitted", "in_review", guard=_by_another),
        transition("return", "in_review", "changes_requested", reason_required=True, fields=("due",)),
        transition("consent", "in_review", "in_review", guard=_consentable, fact="consented"),
        transition("consent", "published", "published", guard=_consentable, fact="consented"),
        transition("clear", "in_review", "cleared", guard=_clearable),
        transition("publish", "cleared", "published", is_scheduled=True),
        transition("drop", "|".join((*AWAITED, "submitted")), "dropped", reason_required=True),
        transition("drop", "|".join((*OPEN, "cleared")), "dropped", is_scheduled=True),
    ),
)


def missing_in(of: Contribution, *, has_version: bool) -> Missing | None:
    """What the contribution lacks for a submission, the first of all."""
    if not has_version:
        return "version_missing"
    if not of.abstract:
        return "abstract_missing"
    if of.conflicts is None:
        return "conflicts_missing"
    if not of.authors:
        return "authors_missing"
    return "authorships_unconfirmed" if any(author["confirmed_at"] is None for author in of.authors) else None


def doi_below(prefix: str, edition: str, of: Contribution, *, is_alone: bool) -> str | None:
    """The DOI of a contribution below the prefix of the installation: with the year and number of its edition and its
    place, and its own number unless it is alone there. None without a prefix."""
    if not prefix:
        return None
    return f"{prefix}/{edition}.{of.outline_key}" + ("" if is_alone else f".{of.number}")


def identity_of(author: Author) -> str:
    """Who an author is: the id of the expert, or the folded name."""
    return author["expert_id"] or f"name {(author['name'] or '').casefold()}"


def faults_of(authors: Sequence[Author], addresses: Mapping[str, Address]) -> Iterator[FieldError]:
    """Authors that are named twice, none or several that correspond, and names without an address."""
    seen: set[str] = set()
    for place, author in enumerate(authors):
        identity = identity_of(author)
        if identity in seen:
            yield FieldError("not_unique", "The author is named twice.", f"/authors/{place}")
        seen.add(identity)
        if author["expert_id"] is None and identity not in addresses:
            yield FieldError("required", "An author without a record needs an address.", f"/authors/{place}/email")
    if authors and sum(author["corresponding"] for author in authors) != 1:
        yield FieldError("invalid_value", "One author corresponds.", "/authors")


def following(before: Sequence[Author], wanted: Sequence[Author]) -> list[Author]:
    """The wanted authors. Who confirmed the same entry before has confirmed it."""
    known = {identity_of(author): author for author in before}
    return [_kept(known.get(identity_of(author)), author) for author in wanted]


def _kept(before: Author | None, wanted: Author) -> Author:
    confirmed: Author = {**wanted, "confirmed_at": before["confirmed_at"] if before else None}
    return confirmed if confirmed == before else {**wanted, "confirmed_at": None}


def with_authors(before: Contribution | None, wanted: Contribution) -> Contribution:
    """The contribution with its authors and the addresses that are still theirs; those of the body come first."""
    authors = following(before.authors if before else (), wanted.authors)
    known = {**(before.addresses if before else NO_ADDRESS)}
    for identity, given in wanted.addresses.items():
        if identity not in known or known[identity]["email"] != given["email"]:
            known[identity] = given
    named = {identity_of(author) for author in authors if author["expert_id"] is None}
    addresses = {identity: address for identity, address in known.items() if identity in named}
    return replace(listed(wanted, authors), addresses=addresses)


def listed(of: Contribution, authors: Sequence[Author]) -> Contribution:
    """The contribution with these authors."""
    experts = {UUID(key): author["confirmed_at"] for author in authors if (key := author["expert_id"])}
    waiting = sorted(key for key, confirmed_at in experts.items() if confirmed_at is None)
    handles = next((UUID(one["expert_id"]) for one in authors if one["corresponding"] and one["expert_id"]), None)
    return replace(of, authors=authors, expert_ids=sorted(experts), unconfirmed_ids=waiting, corresponding_id=handles)


def asking(of: Contribution) -> Contribution:
    """The contribution whose authors without a record are all asked: a number for each mail that is to be sent."""
    asked, addresses = of.authors_asked, dict(of.addresses)
    unconfirmed = {identity_of(author) for author in of.authors if author["confirmed_at"] is None}
    for identity, address in of.addresses.items():
        if address["asked"] is None and identity in unconfirmed:
            asked += 1
            addresses[identity] = {**address, "asked": asked}
    return replace(of, addresses=addresses, authors_asked=asked) if asked > of.authors_asked else of


def confirmed(of: Contribution, identities: set[str], at: datetime) -> Contribution:
    """The contribution with the authorship of these confirmed."""
    authors: list[Author] = [
        {**one, "confirmed_at": one["confirmed_at"] or to_text(at)} if identity_of(one) in identities else one
        for one in of.authors
    ]
    return listed(of, authors)


def is_unconfirmed(of: Contribution, identities: set[str]) -> bool:
    """Whether one of these is an author who has not confirmed it."""
    return any(author["confirmed_at"] is None for author in of.authors if identity_of(author) in identities)


def without_statements(of: Contribution, expert: UUID) -> Contribution:
    """The contribution without what it says of an author besides the place and the roles."""
    gone: dict[str, None] = {"orcid": None, "affiliation": None}
    authors: list[Author] = [
        {**one, **gone} if one["expert_id"] == str(expert) else one  # type: ignore[typeddict-item]
        for one in of.authors
    ]
    return replace(of, authors=authors)


def days_late(status: str, due: date | None, day: date) -> int | None:
    """How many days its last day has passed while its authors have it; None if it is in time."""
    return (day - due).days if status in AWAITED and due is not None and due < day else None


def reminder_of(due: date, day: date) -> str:
    """The fact of a reminder on a day about a contribution with this last day."""
    return "deadline_near" if day <= due else "deadline_passed"
