"""The lifecycle of a file of evidence, and the kinds of files that are accepted."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.kernel.lifecycle import Lifecycle, by_two, transition
from shared.kernel.text import nfc
from shared.storage.scanner import Finding

PUBLISHED = frozenset({"available", "superseded"})
"""The states in which the file can be read."""
RETENTION = timedelta(days=90)
"""How long a withdrawn or quarantined file is stored, at least until `keep_until`."""
NOMINATIONS = "membership.nominations"
"""The resource whose records are erased with the expert who sent their files."""
DEFAULT_CATEGORY = "A08"
NOT_SCANNED, WAITING = UNSCANNED = ("not_scanned", "waiting")
"""A file is scanned once: one that was sent without a scanner as soon as there is one."""
SCAN_STATES = (*UNSCANNED, *Finding)
NOT_CHECKED, INTACT, DAMAGED = "not_checked", "intact", "damaged"
INTEGRITY_STATES = (NOT_CHECKED, INTACT, DAMAGED)
_CATEGORIES = (("A", 12), ("B", 18))
CATEGORIES = tuple(f"{part}{number:02}" for part, last in _CATEGORIES for number in range(1, last + 1))
"""IATI's codelist DocumentCategory: of activities and of organisations."""


@dataclass(frozen=True, slots=True)
class EvidenceGuardContext:
    """The inputs of the guards. `is_in_use`: a published or verified record relies on the file. `may_override`: the
    caller may withdraw it nevertheless, with a second person."""

    is_in_use: bool = False
    may_override: bool = False


def _withdrawable(guard_context: EvidenceGuardContext) -> Literal["evidence_in_use"] | None:
    return "evidence_in_use" if guard_context.is_in_use and not guard_context.may_override else None


def _in_use(guard_context: EvidenceGuardContext) -> bool:
    return guard_context.is_in_use


LIFECYCLE: Lifecycle[EvidenceGuardContext] = Lifecycle(
    ("scanning", "available", "superseded", "quarantined", "withdrawn", "purged"),
    (
        transition("pass", "scanning", "available", is_scheduled=True),
        transition("fail", "scanning|available|superseded|withdrawn", "quarantined", is_scheduled=True),
        transition(
            "release",
            "scanning|quarantined",
            "available",
            second_person=by_two,
            reason_required=True,
            fields=("second_person",),
        ),
        transition("supersede", "available", "superseded", is_scheduled=True),
        transition(
            "withdraw",
            "available|superseded",
            "withdrawn",
            guard=_withdrawable,
            second_person=_in_use,
            reason_required=True,
            fields=("second_person",),
        ),
        transition("restore", "withdrawn", "available"),
        transition("purge", "withdrawn|quarantined", "purged"),
        transition("purge", "scanning|available|superseded|withdrawn|quarantined", "purged", is_scheduled=True),
    ),
)
_LONGEST_NAME = 255
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, and marks that show a name in another order."""


def plain_name(given: str) -> str:
    """The last part of a file's path, in any system's notation, without invisible characters; `file` if nothing is
    left."""
    name = nfc(_NOT_IN_NAMES.sub("", re.split(r"[/\\]", given)[-1])).strip(" .")
    return name[-_LONGEST_NAME:] or "file"
