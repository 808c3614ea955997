"""A comment on a contribution."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Internal, Part, Prose, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Record):
    """What a reviewer or an official says about blocks of a contribution, with its country, and what the authors
    answer. An edition that says so publishes it with its answer, and with the names of who consents. A grant over one
    record names the edition, the contribution, or the account of who commented (`by_id`)."""

    resource_type = Resource("actions", "comments", "comment")
    scope_column = "edition_id"
    also_scoped_by = ("contribution_id", "by_id")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    edition_id: Annotated[UUID, Public, Refers("/actions/v1/editions"), "The edition."]
    contribution_id: Annotated[UUID, Public, Refers("/actions/v1/contributions"), "The contribution."]
    round_id: Annotated[UUID, Public, Refers("/actions/v1/review_rounds"), "The round."]
    round_number: Annotated[int, Public, Part]
    number: Annotated[int, Public, Example(1), "Its number in the edition, which never changes."]
    chapter: Annotated[str, Public, Example("soils"), "The key of the contribution's place in the outline."]
    on_version: Annotated[int, Public, Example(1), "The number of the version that it is about."]
    from_block: Annotated[int, Public, Part]
    to_block: Annotated[int, Public, Part]
    quote: Annotated[str | None, Public, Written, Example("Peat stores carbon"), "Words that stand there."]
    kind: Annotated[str, Public, Written, "Whether it is about the substance, a fact, or the wording."]
    text: Annotated[str, Public, Written, Prose, Example("How much?"), "What is said."]
    by_id: Annotated[UUID | None, Internal]
    government: Annotated[
        str | None, Public, Example(None), "The country for which an official comments; null for experts."
    ]
    decision: Annotated[str | None, Public, Tracked, "What the authors decide about it; null before the answer."]
    answer: Annotated[str | None, Public, Tracked, Example("600 Gt; see 2.1."), "What the authors answer."]
    answered_in: Annotated[
        int | None, Public, Tracked, Example(2), "The number of the version in which the authors changed something."
    ]
    answered_by_id: Annotated[UUID | None, Internal]
    commenter: Annotated[
        str | None, Public, Example(None), "Who commented, once it is published, if the person consents to be named."
    ]
    answerer: Annotated[
        str | None, Public, Example(None), "Who answered, once it is published, if the person consents to be named."
    ]
    was_reopened: Annotated[bool, Public, "Whether it was reopened, which is possible once."]
