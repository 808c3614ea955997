"""The restriction of processing: a record that is stored, and neither published nor used for mails."""

from dataclasses import replace

from services.membership.experts.record import Expert
from shared.kernel.clock import now


def restricted(record: Expert, why: str) -> Expert:
    """The record while its processing is restricted. It keeps the visibility that it had before."""
    before = record.visibility_before or record.visibility
    return replace(
        record,
        restricted_at=record.restricted_at or now(),
        restricted_for=why,
        visibility="restricted",
        visibility_before=before,
    )


def unrestricted(record: Expert) -> Expert:
    """The record as before its restriction; not public where the person has withdrawn the consent to be listed."""
    visibility = record.visibility_before or record.visibility
    if visibility == "public" and record.listing_withdrawn_on is not None:
        visibility = "network"
    return replace(
        record,
        restricted_at=None,
        restricted_for=None,
        visibility=visibility,
        visibility_before=None,
    )
