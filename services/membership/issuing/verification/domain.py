"""What a verification says about a certificate."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from services.membership.certificates.certificates.domain import printed_number
from services.membership.certificates.certificates.titles import TITLES
from shared.kernel.clock import to_text
from shared.kernel.text import fold
from shared.records.record import Texts

_LASTING = ("issued", "suspended")


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate as a verification finds it. `is_named`: its holder is named to everybody; `successor`: the number
    of the certificate that replaces it."""

    ref: str
    status: str
    kind: str
    paper_number: str | None
    created_at: datetime
    valid_to: date | None
    holder_name: str
    revoked_for: str | None
    is_named: bool
    successor: str | None


class Verified(TypedDict):
    """What everybody learns about a certificate."""

    status: str
    number: str
    kind: str
    titles: Texts
    issued_at: str
    valid_to: date | None
    holder_name: str | None
    replaced_by: str | None
    revoked_for: str | None


def verified(found: Certified, today: date) -> Verified:
    """What everybody learns about a certificate. A certificate expires after its last day, whether or not the schedule
    has come by."""
    status = "valid" if found.status == "issued" else found.status
    if found.valid_to is not None and found.valid_to < today and found.status in _LASTING:
        status = "expired"
    return {
        "status": status,
        "number": printed_number(found.paper_number, found.ref),
        "kind": found.kind,
        "titles": TITLES[found.kind],
        "issued_at": to_text(found.created_at),
        "valid_to": found.valid_to,
        "holder_name": found.holder_name or None if found.is_named else None,
        "replaced_by": found.successor,
        "revoked_for": found.revoked_for,
    }


def name_matches(found: Certified, name: str) -> bool:
    """Whether a name is the printed one, apart from case, diacritics, punctuation and forms of letters. The name of an
    erased person matches none."""
    return bool(folded := fold(name)) and folded == fold(found.holder_name)
