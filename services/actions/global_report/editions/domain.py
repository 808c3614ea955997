"""The lifecycle of an edition, its outline and its days. Plain Python."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from services.actions.global_report.editions.record import Call, Edition, OutlineEntry
from shared.kernel.clock import to_text
from shared.kernel.errors import Conflict, FieldError, Invalid, no_such
from shared.kernel.lifecycle import Lifecycle, by_two, transition, within
from shared.kernel.step_up import TWO_FACTORS

KINDS = ("front", "section", "chapter", "country", "annex")
BLIND = ("open", "single", "double")
"""Who is hidden from whom in reviews: nobody; reviewers from authors; also authors from reviewers."""
MOST_ENTRIES = 400
MOST_LEVELS = 3
LIVING = ("draft", "call", "writing")
FROZEN = "frozen"
ENDED = ("cleared", "declined", "dropped")
"""The states of contributions that a freeze leaves as they are."""
UNREVIEWED = ("draft", "submitted", "in_review")
"""The states of contributions that have not come through the review."""
CITED = ("writing", FROZEN, "published")
"""The states in which a DOI that was registered is recorded."""
CORRECTABLE = ("published", "superseded")
"""The states in which errata correct an edition."""
MOST_ISSUES = 99
RELEASED = (*CORRECTABLE, "retracted")
"""The states of an edition that has appeared."""
PUBLISHED = frozenset(("call", "writing", FROZEN, *RELEASED))
"""The states in which an edition is visible by its visibility."""
DEADLINES = ("draft", "review", "final")
STEPS = ("review", "final")
"""The steps of whose last days an edition reminds: each contribution has the last day of its own draft."""
REMINDED = (-14, -3, 0)
"""The days from a last day on which it is reminded of; afterwards each week."""


def number_of(of: Edition) -> str:
    """The number of an edition with its year."""
    return f"{of.year}.{of.number}"


def issue_label(number: str, issue: int) -> str:
    """How an issue of an edition with this number is printed: with the number of its last erratum, if it has one."""
    return f"{number}.{issue}" if issue else number


@dataclass(frozen=True, slots=True)
class EditionGuardContext:
    """What an edition has and lacks on its way to publication."""

    has_call: bool
    is_over: bool
    has_deadlines: bool
    has_open_contributions: bool = False
    lacks_data: bool = False
    has_stale_build: bool = False
    has_other_numbers: bool = False
    """Whether the API does not answer for a figure what is frozen, as the last verification found."""


def _openable(
    guard_context: EditionGuardContext,
) -> Literal["call_missing", "deadline_passed", "deadlines_missing"] | None:
    if not guard_context.has_call:
        return "call_missing"
    if guard_context.is_over:
        return "deadline_passed"
    return None if guard_context.has_deadlines else "deadlines_missing"


def _freezable(
    guard_context: EditionGuardContext,
) -> Literal["contribution_open", "figure_without_data"] | None:
    if guard_context.has_open_contributions:
        return "contribution_open"
    return "figure_without_data" if guard_context.lacks_data else None


def _publishable(
    guard_context: EditionGuardContext,
) -> Literal["build_stale", "figure_not_reproducible"] | None:
    if guard_context.has_stale_build:
        return "build_stale"
    return "figure_not_reproducible" if guard_context.has_other_numbers else None


LIFECYCLE: Lifecycle[EditionGuardContext] = Lifecycle(
    (*LIVING, FROZEN, *RELEASED, "abandoned"),
    (
        transition("open_call", "draft", "call", guard=_openable, fact="call_opened"),
        transition("open_call", "draft", "call", is_scheduled=True, fact="call_opened"),
        transition("close_call", "call", "writing"),
        transition("close_call", "call", "writing", is_scheduled=True),
        transition("freeze", "writing", FROZEN, guard=_freezable, fields=("as_of",)),
        transition("thaw", FROZEN, "writing", reason_required=True),
        *within("record_doi", CITED, fields=("doi",), required=("doi",), fact="updated"),
        transition("verify_figures", FROZEN, FROZEN, fact="updated"),
        transition("publish", FROZEN, "published", guard=_publishable, step_up=TWO_FACTORS),
        transition("supersede", "published", "superseded"),
        transition(
            "retract",
            "published|superseded",
            "retracted",
            reason_required=True,
            second_person=by_two,
            step_up=TWO_FACTORS,
        ),
        transition("abandon", "|".join(LIVING), "abandoned", reason_required=True),
    ),
)


def reminder_of(of: Edition, step: str, day: date) -> str:
    """The fact of a reminder on a day about the last day of a step."""
    is_late = of.deadlines is not None and of.deadlines[step] < day.isoformat()  # type: ignore[literal-required]
    return f"{step}_late" if is_late else f"{step}_due"


def require_living(of: Edition) -> None:
    """Raises Conflict for an edition that does not change: `edition_frozen` until it is thawed."""
    if of.status not in LIVING:
        code = "edition_frozen" if of.status == FROZEN else None
        raise Conflict("The edition does not change.", code=code, members={"current_state": of.status})


def takes_proposals(of: Edition, at: datetime) -> bool:
    """Whether people may propose contributions at this instant, also before the schedule closes the call."""
    return of.status == "call" and of.call is not None and at < _instant(of.call["closes"])


def guard_context_of(of: Edition, at: datetime, *, has_open_contributions: bool = False) -> EditionGuardContext:
    """The inputs of the guards for this edition at this instant."""
    is_over = of.call is not None and _instant(of.call["closes"]) <= at
    return EditionGuardContext(of.call is not None, is_over, of.deadlines is not None, has_open_contributions)


def moved(of: Edition, verb: str, at: datetime) -> Edition:
    """The edition whose call opens or closes by hand: before its time, its instant becomes that of the step."""
    if of.call is None:
        return of
    opens, closes, text = of.call["opens"], of.call["closes"], to_text(at)
    if verb == "open_call":
        opens = min(opens, text)
    elif verb == "close_call":
        closes = min(closes, text)
    return replace(of, call=Call(opens=opens, closes=closes, texts=of.call["texts"]))


def check(of: Edition) -> None:
    """Raises Invalid for an outline that is no tree of three levels, and for days that are not in order."""
    faults = [*_outline_faults(of.outline), *_day_faults(of)]
    if faults:
        raise Invalid(errors=faults)


def entry_of(of: Edition, key: str) -> OutlineEntry | None:
    """The place of the outline with this key."""
    return next((one for one in of.outline if one["key"] == key), None)


def _outline_faults(outline: Sequence[OutlineEntry]) -> Iterator[FieldError]:
    parents: dict[str, str | None] = {}
    for place, entry in enumerate(outline):
        at = f"/outline/{place}"
        if entry["key"] in parents:
            yield FieldError("not_unique", "There is an entry of this key.", pointer=f"{at}/key")
        parents[entry["key"]] = entry["parent"]
        if (entry["kind"] == "country") != (entry["country"] is not None):
            yield FieldError("invalid_value", "A country chapter names its country, no other does.", f"{at}/country")
    for place, entry in enumerate(outline):
        if entry["parent"] is not None and entry["parent"] not in parents:
            yield FieldError("unknown_reference", no_such("entry"), f"/outline/{place}/parent")
        elif _level(entry["key"], parents) > MOST_LEVELS:
            yield FieldError("out_of_range", f"At most {MOST_LEVELS} levels.", f"/outline/{place}/parent")


def _level(key: str, parents: Mapping[str, str | None]) -> int:
    """The level of an entry from 1; above the largest for one that is above itself."""
    level, above = 1, parents[key]
    while above is not None and level <= MOST_LEVELS:
        level, above = level + 1, parents.get(above)
    return level


def _day_faults(of: Edition) -> Iterator[FieldError]:
    if of.call is not None and _instant(of.call["closes"]) <= _instant(of.call["opens"]):
        yield FieldError("invalid_date", "A call closes after it opens.", "/call/closes")
    if of.deadlines is None:
        return
    days = {name: date.fromisoformat(of.deadlines[name]) for name in DEADLINES}  # type: ignore[literal-required]
    for before, after in (("draft", "review"), ("review", "final")):
        if days[after] < days[before]:
            yield FieldError("invalid_date", "Draft, review and final are in this order.", f"/deadlines/{after}")
    if of.call is not None and days["draft"] < _instant(of.call["closes"]).date():
        yield FieldError("invalid_date", "Drafts are due after the call closes.", "/deadlines/draft")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
