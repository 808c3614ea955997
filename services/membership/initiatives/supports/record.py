"""The support of an initiative by a person or an institution."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Granted, Internal, Part, Public, Record, Refers, Tracked, Written


class Organisation(TypedDict):
    """An organisation as it was signed: the id of an institution, or a text."""

    institution_id: str | None
    raw: str | None


class Signer(TypedDict):
    """Who signed the public form, as they wrote it."""

    name: str
    email: str
    country: str
    organisation: Organisation | None
    role: str | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support(Record):
    """A support. Its supporter is an expert or an institution; a signature of the public form has none until it is
    accepted, only its `signer`.

    `organisation_id` is the institution that the organisation means, found by matching the `affiliation` of its text;
    `organisation_key` is a digest of the folded text, which stays after an erasure.
    `email_digest` and `name_key` find other signatures of the same person; `network_key` is a keyed hash of the
    network. `replaced_by` is the support because of which a merge of the supporters annulled this one.
    """

    resource_type = Resource("membership", "supports", "support")
    scope_column = "expert_id"
    also_scoped_by = ("institution_id",)

    visibility: Annotated[str, Public]
    initiative_id: Annotated[
        UUID, Public, Written, Refers("/membership/v1/initiatives"), "The initiative that is supported."
    ]
    expert_id: Annotated[
        UUID | None,
        Public,
        Written,
        Refers("/membership/v1/experts"),
        "The person who supports it; null for an institution, and until a signature is accepted.",
    ]
    institution_id: Annotated[
        UUID | None,
        Public,
        Written,
        Refers("/membership/v1/institutions"),
        "The institution that supports it by a decision of its own; null for a person.",
    ]
    capacity: Annotated[
        str, Public, Written, "Whether the supporter signed in a personal capacity or for the organisation."
    ]
    organisation: Annotated[Organisation | None, Public, Written, Part]
    organisation_id: Annotated[UUID | None, Public, Part]
    organisation_key: Annotated[str | None, Internal]
    affiliation: Annotated[UUID | None, Internal]
    listed_name: Annotated[
        str | None,
        Public,
        Example("Amina Khan"),
        "The supporter's name, if they agreed to be listed and the support is accepted; else null.",
    ]
    signed_at: Annotated[datetime, Public, Written, "When the supporter signed."]
    consent_to_list: Annotated[bool, Granted, Written, "Whether the supporter agreed to be listed with their name."]
    consent_to_contact: Annotated[bool, Granted, "Whether the signer agreed to be asked to further initiatives."]
    language: Annotated[str | None, Granted, Example("en"), "The language of mails to the signer."]
    evidence: Annotated[Document | None, Granted, Written, "The document that shows the signature."]
    text_digest: Annotated[
        str, Granted, "The SHA-256 digest of the JSON array of title and text in the language that was signed."
    ]
    email_verified: Annotated[bool, Granted, Tracked, "Whether the signer has shown that the address is theirs."]
    hold: Annotated[str | None, Granted, Tracked, "Why an office looks at the signature first; null if nothing does."]
    rejected_for: Annotated[str | None, Granted, Tracked, "The category of the rejection; null unless it is rejected."]
    signer: Annotated[Signer | None, Granted, "Who signed the public form, until the support is accepted or withdrawn."]
    certificate_id: Annotated[UUID | None, Public, "The certificate of the support; null where there is none."]
    email_digest: Annotated[bytes | None, Internal]
    name_key: Annotated[str | None, Internal]
    network_key: Annotated[bytes | None, Internal]
    accepted_at: Annotated[datetime | None, Public, "When the support was accepted; null where it was not."]
    ended_at: Annotated[datetime | None, Public, "When an accepted support was withdrawn or annulled; null before."]
    replaced_by: Annotated[UUID | None, Internal]
    replaced_from: Annotated[str | None, Internal]
