"""What the guard of a signature says."""

from dataclasses import replace

from services.centres.designation.agreements.domain import LIFECYCLE, SigningContext, with_sides
from services.centres.designation.agreements.record import Party
from tests.support.rules import Rules

_PARTY: Party = {"name": "Host", "institution_id": "i", "side": None, "signatory": None, "signed_at": None}
_HOST = SigningContext(institutions={"i"}, waiting=with_sides([_PARTY]))

RULES = (
    Rules(
        "centres.agreements",
        LIFECYCLE,
        (
            ("sign", _HOST, None),
            ("sign", replace(_HOST, institutions=(), is_office=True), None),
            ("sign", replace(_HOST, institutions={"j"}), "other_side_signs"),
            ("sign", replace(_HOST, has_signed=True), "signed_for_another_side"),
            ("sign", replace(_HOST, is_person=False), "signer_is_a_client"),
        ),
    ),
)
