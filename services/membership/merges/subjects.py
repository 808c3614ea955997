"""The two kinds of record that can be merged, and what differs between them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.membership.experts import operations as experts
from services.membership.experts import queries as expert_queries
from services.membership.institutions import domain as institution_rules
from services.membership.institutions import operations as institutions
from services.membership.institutions import queries as institution_queries
from services.membership.merges.domain import (
    Unite,
    as_alias,
    as_former_name,
    by_language,
    person_name,
    same,
    united,
)
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import fold
from shared.records.listing import Listing
from shared.records.resource_type import ResourceType


@dataclass(frozen=True)
class Subject:
    """`fields` may be chosen; `taken` follow the winner's value, else the loser's. `holder` is the column of an
    affiliation that names the record; `ended` are the states in which a record cannot win over a living one."""

    kind: ResourceType[Any, Any]
    listing: Listing
    fields: tuple[str, ...]
    unite: Mapping[str, Unite]
    written: Callable[[Mapping[str, Any]], dict[str, Any]]
    derived: Callable[[Mapping[str, Any]], dict[str, Any]]
    carry: Callable[[UnitOfWork, Row, Row], Awaitable[None]]
    holder: str
    ended: frozenset[str]
    taken: tuple[str, ...] = ()

    def values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What a merge decides about, of a row that is locked."""
        return {name: row[name] for name in (*self.fields, *self.taken)}

    def read_values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The same of a row that was read for an answer."""
        return {**self.written(row), **{name: row[name] for name in self.taken}}


SUBJECTS: Mapping[str, Subject] = {
    "experts": Subject(
        kind=experts.EXPERTS,
        listing=expert_queries.LISTING,
        fields=experts.WRITABLE,
        unite={
            "names": united(20, person_name, as_former_name),
            "emails": united(10, lambda email: email["value"].casefold()),
            "languages": united(50, same),
            "fields": united(42, same),
            "planetary_boundaries": united(9, same),
            "ecosystems": united(17, same),
            "keywords": united(50, fold),
            "biography": by_language,
        },
        written=experts.written,
        derived=experts.derived,
        carry=experts.carry,
        holder="expert_id",
        ended=frozenset({"resigned", "terminated", "deceased"}),
        taken=("account_id",),
    ),
    "institutions": Subject(
        kind=institutions.INSTITUTIONS,
        listing=institution_queries.LISTING,
        fields=institutions.WRITABLE,
        unite={
            "names": united(50, lambda name: fold(name["value"]), as_alias),
            "types": united(9, same),
            "domains": united(50, same),
            "links": united(50, same),
            "relations": united(500, lambda one: (one["type"], one["institution_id"] or one["ror"])),
        },
        written=institutions.kept,
        derived=institution_rules.derived,
        carry=institutions.carry,
        holder="institution_id",
        ended=frozenset({"linked", "out_of_scope", "withdrawn"}),
    ),
}
