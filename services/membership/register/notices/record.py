"""A notice: the text of a declaration or consent."""

from dataclasses import dataclass
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Public, Record, Searched, Texts, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Record):
    """A version of the text that people sign or agree to. It belongs to no country and never changes."""

    resource_type = Resource("membership", "notices", "notice")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    purpose: Annotated[str, Public, Written, Searched, Example("conflict_of_interest"), "What the text is for."]
    notice_version: Annotated[
        str, Public, Written, Searched, Example("2026"), "The version of the text, unique for its purpose."
    ]
    texts: Annotated[Texts, Public, Written, "The text, by language."]
    search_key: Annotated[str, Internal]
