"""Merges."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Example, Internal, Public, Record, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Record):
    """A merge. `country` is the winner's and `loser_country` the loser's, when they were merged.

    `winner_version` is the one that the merge made: of two merges into one winner it identifies the later one. `moved`
    counts what went to the winner.
    """

    resource_type = Resource("membership", "merges", "merge")

    visibility: Annotated[str, Public]
    resource: Annotated[str, Public, Written, Example("experts"), "What the two records are."]
    winner_id: Annotated[UUID, Public, Written, "The winner."]
    winner_version: Annotated[int, Internal]
    loser_id: Annotated[UUID, Public, Written, "The record that became part of it."]
    loser_country: Annotated[str, Internal]
    choices: Annotated[Document, Public, Written, "For each chosen field, whose value was taken."]
    moved: Annotated[Document, Public, Tracked, "How much the winner took over."]
