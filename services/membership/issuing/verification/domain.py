"""What a verification says about a certificate."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.membership.certificates.certificates.domain import printed_number
from services.membership.certificates.certificates.titles import TITLES
from shared.kernel.clock import to_text
from shared.kernel.text import fold

_LASTING = ("issued", "suspended")


def verified(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What everybody learns about a certificate. A certificate expires after its last day, whether or not the schedule
    has come by."""
    status = "valid" if row["status"] == "issued" else row["status"]
    if row["valid_to"] is not None and row["valid_to"] < today and row["status"] in _LASTING:
        status = "expired"
    return {
        "status": status,
        "number": printed_number(row["paper_number"], row["ref"]),
        "kind": row["kind"],
        "titles": TITLES[row["kind"]],
        "issued_at": to_text(row["created_at"]),
        "valid_to": row["valid_to"],
        "holder_name": row["holder_name"] or None if row["is_named"] else None,
        "replaced_by": row["successor"],
        "revoked_for": row["revoked_for"],
    }


def name_matches(row: Mapping[str, Any], name: str) -> bool:
    """Whether a name is the printed one, apart from case, diacritics, punctuation and forms of letters. The name of an
    erased person matches none."""
    return bool(folded := fold(name)) and folded == fold(row["holder_name"])
