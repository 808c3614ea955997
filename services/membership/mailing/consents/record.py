"""A consent of an expert to one purpose."""

from dataclasses import dataclass
from typing import Annotated, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Public, Record, Refers, Written


class Proof(TypedDict):
    """How the person gave the consent, and the document that shows it."""

    channel: str
    document: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Record):
    """What an expert agreed to. It is never published, and never changes but for its state."""

    resource_type = Resource("membership", "consents", "consent")
    scope_column = "expert_id"

    visibility: Annotated[str, Public]
    expert_id: Annotated[UUID, Public, Written, Refers("/membership/v1/experts"), "The expert who agrees."]
    purpose: Annotated[str, Public, Written, Example("listing"), "What the expert agrees to."]
    notice_version: Annotated[str, Public, Written, Example("2026"), "The version of the notice that the expert read."]
    language: Annotated[str, Public, Written, Example("en"), "The language in which the expert read the notice."]
    proof: Annotated[Proof, Public, Written, "How the expert agreed, and the document that shows it."]
