"""The lifecycle of a call, its bounds and its deadlines."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from services.membership.selection.calls.record import Call, Eligibility
from shared.kernel.clock import to_text
from shared.kernel.countries import in_region
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("membership", "committee", "editorial", "evaluation")
NOMINATOR_KINDS = ("institution", "committee", "centre", "government", "organisation", "expert")
"""On whose behalf people nominate: that of an institution, a national committee, a centre, a government or another
organisation, or their own as experts."""
GROUPS = ("gender", "region", "field")
"""The groups whose balance is shown, and for which a call may name targets."""
MOST_IN_PANEL = 25
MOST_CRITERIA = 10
MOST_SEATS = 500
CURRICULUM = "cv"
"""The kind of document that every nomination needs."""
SCORED = ("decided", "published")
"""The states in which the panel sees all scores."""
TAKING = ("open", "assessing")
"""The states in which nominations arrive; while assessing, late ones that were admitted."""
PUBLISHED = frozenset(("open", "assessing", "decided", "published"))
DecisionFault: TypeAlias = Literal["nominations_undecided", "document_missing"]


@dataclass(frozen=True, slots=True)
class CallGuardContext:
    """The inputs of the guards. `undecided`: how many nominations wait for their nominator or for the panel."""

    nominee_deadline: datetime
    now: datetime
    undecided: int
    has_document: bool


def _openable(guard_context: CallGuardContext) -> Literal["deadline_passed"] | None:
    return "deadline_passed" if guard_context.nominee_deadline <= guard_context.now else None


def _decidable(guard_context: CallGuardContext) -> DecisionFault | None:
    if guard_context.undecided:
        return "nominations_undecided"
    return None if guard_context.has_document else "document_missing"


LIFECYCLE: Lifecycle[CallGuardContext] = Lifecycle(
    ("draft", "open", "assessing", "decided", "published", "cancelled"),
    (
        transition("open", "draft", "open", guard=_openable, fact="opened"),
        transition(
            "extend",
            "open",
            "open",
            reason_required=True,
            fields=("nominee_deadline", "nominator_deadline"),
            fact="extended",
        ),
        transition("assess", "open", "assessing", is_scheduled=True),
        transition("decide", "assessing", "decided", guard=_decidable, fields=("document",)),
        transition("publish", "decided", "published"),
        transition("cancel", "draft|open|assessing|decided", "cancelled", reason_required=True),
    ),
)


_TEXTS = frozenset(("titles", "texts", "visibility"))
_RULES = frozenset(("seats", "targets", "panel"))


def changeable_in(status: str) -> frozenset[str]:
    """What a patch may change once a call was opened; deadlines change by `extend`."""
    return _TEXTS | _RULES if status in TAKING else _TEXTS


def extended(before: Call, nominee: datetime | None, nominator: datetime | None) -> Call:
    """The call with later deadlines. Raises Invalid for an earlier or equal one, and without any."""
    wanted = replace(
        before,
        nominee_deadline=nominee or before.nominee_deadline,
        nominator_deadline=nominator or before.nominator_deadline,
        first_deadlines=before.first_deadlines
        or {"nominee": to_text(before.nominee_deadline), "nominator": to_text(before.nominator_deadline)},
    )
    for name in ("nominee_deadline", "nominator_deadline"):
        if getattr(wanted, name) < getattr(before, name):
            raise invalid_field(f"/fields/{name}", "out_of_range", "A deadline is extended to a later instant.")
    if nominee in (None, before.nominee_deadline) and nominator in (None, before.nominator_deadline):
        raise invalid_field("/fields/nominee_deadline", "required", "At least one later deadline.")
    check_deadlines(wanted, "/fields")
    return wanted


def check_deadlines(call: Call, pointer: str = "") -> None:
    """Raises Invalid if the deadlines are not in their order."""
    if call.nominee_deadline <= call.opens:
        raise invalid_field(f"{pointer}/nominee_deadline", "invalid_date", "The deadline is after the opening.")
    if call.nominator_deadline < call.nominee_deadline:
        raise invalid_field(f"{pointer}/nominator_deadline", "invalid_date", "Nominators confirm after nominees.")


def is_eligible(call: Call, country: str, category: str, fields: Collection[str]) -> bool:
    """Whether an expert may be nominated. A national call is for its country unless it names others."""
    rules: Eligibility = call.eligibility
    places = frozenset(rules["countries"]).union(*(in_region(region) for region in rules["regions"]))
    if not places and call.country is not None:
        places = frozenset((call.country,))
    return (
        (not places or country in places)
        and (not rules["categories"] or category in rules["categories"])
        and (not rules["fields"] or any(_is_within(one, rules["fields"]) for one in fields))
    )


def _is_within(field: str, permitted: Collection[str]) -> bool:
    return field in permitted or field.partition(".")[0] in permitted
