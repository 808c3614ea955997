"""A certificate."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Derived, Example, Internal, Part, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Record):
    """What the secretariat certifies about an expert, an institution or a centre. It is never published: whoever has
    its code can verify it. Once it is issued, only its state changes.

    One of `expert_id`, `institution_id` and `centre_id` is set, and `holder_key` repeats it.
    """

    resource_type = Resource("membership", "certificates", "certificate")
    scope_column = "holder_key"

    visibility: Annotated[str, Public]
    kind: Annotated[str, Public, Written, Example("membership"), "What is certified."]
    holder_key: Annotated[UUID, Internal]
    expert_id: Annotated[UUID | None, Public, Written, Part]
    institution_id: Annotated[UUID | None, Public, Written, Part]
    centre_id: Annotated[UUID | None, Public, Written, Part]
    holder_name: Annotated[
        str, Public, Example("Amina Khan"), "The holder's name as it is printed, which does not change."
    ]
    search_key: Annotated[str, Internal, Derived]
    name_differs: Annotated[bool, Public, "Whether the holder has another name today."]
    subject_resource: Annotated[str | None, Public, Written, Part]
    subject_id: Annotated[UUID | None, Public, Written, Part]
    subject_year: Annotated[int | None, Public, Written, Part]
    language: Annotated[str, Public, Written, Example("en"), "The language of the certificate."]
    paper_number: Annotated[str | None, Public, Written, Part]
    code: Annotated[str, Public, Example("7HM2K4T9Q0WX3V8Z5"), "The code by which anybody verifies the certificate."]
    valid_to: Annotated[date | None, Public, Written, "The last day of its validity; null for no end."]
    template_version: Annotated[
        str | None, Public, "The wording that the certificate was issued with; null before there were any."
    ]
    status_index: Annotated[int, Public, "The place of the certificate in the published status lists."]
    suspended_by: Annotated[
        str | None,
        Public,
        Tracked,
        "Why it is suspended: the `holder` is suspended, or the `office` decided so; null unless it is suspended.",
    ]
    revoked_for: Annotated[str | None, Public, Tracked, "The category of the revocation; null unless it is revoked."]
    replaced_by: Annotated[
        UUID | None, Public, Tracked, Refers("/membership/v1/certificates"), "The certificate that replaced it, if any."
    ]
