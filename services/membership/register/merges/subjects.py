"""The two kinds of record that can be merged, and their differences."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.membership.register.duplicates.domain import Collection
from services.membership.register.experts import domain as expert_rules
from services.membership.register.experts import operations as experts
from services.membership.register.experts import queries as expert_queries
from services.membership.register.experts.record import EmailAddress, Expert, is_still_authenticated
from services.membership.register.institutions import domain as institution_rules
from services.membership.register.institutions import operations as institutions
from services.membership.register.institutions import queries as institution_queries
from services.membership.register.institutions.record import Institution, InstitutionName, Relation
from services.membership.register.merges.domain import (
    Unite,
    Values,
    as_alias,
    as_former_name,
    by_language,
    person_name,
    same,
    united,
)
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.text import email_key, fold
from shared.records.listing import Listing
from shared.records.record import Record, written_fields
from shared.records.resource_type import ResourceType
from shared.records.rows import record_read, with_columns


@dataclass(frozen=True)
class Subject:
    """`fields` may be chosen; `taken` follow the winner's value, else the loser's. `read` makes the record from a row,
    in the form of a request. `derived` returns the columns derived from others, given the record before and after.
    `holder` is the column of an affiliation that refers to the record; `ended` are the states in which a record cannot
    win over a living one."""

    name: Collection
    kind: ResourceType[Any, Any]
    listing: Listing
    fields: tuple[str, ...]
    unite: Mapping[str, Unite]
    read: Callable[[Row], Record]
    derived: Callable[[Any, Any], Mapping[str, object]]
    sync_dependents: Callable[[UnitOfWork, Any, Any], Awaitable[None]]
    holder: str
    ended: frozenset[str]
    taken: tuple[str, ...] = ()

    def values(self, record: Record) -> Values:
        """The values that a merge decides."""
        return {name: getattr(record, name) for name in (*self.fields, *self.taken)}


def _read_expert(row: Row) -> Record:
    expert = record_read(Expert, row)
    return with_columns(expert, {"emails": [_unverified(email) for email in expert.emails]})


def _unverified(email: EmailAddress) -> EmailAddress:
    found: EmailAddress = {**email}
    found.pop("verified", None)
    return found


def _read_institution(row: Row) -> Record:
    """With the relations that it states itself."""
    return record_read(Institution, {**row, "relations": row["stated"]})


def _derived_of_expert(before: Expert, wanted: Expert) -> Mapping[str, object]:
    is_authenticated = is_still_authenticated(before.orcid, wanted)
    return {**expert_rules.derived(wanted.names, wanted.emails), "orcid_authenticated": is_authenticated}


def _derived_of_institution(_before: Institution, wanted: Institution) -> Mapping[str, object]:
    return institution_rules.derived(wanted.names)


def _address(email: EmailAddress) -> str:
    return email_key(email["value"])


def _folded_name(name: InstitutionName) -> str:
    return fold(name["value"])


def _relation(one: Relation) -> tuple[str, str | None]:
    return one["type"], one["institution_id"] or one["ror"]


SUBJECTS: Mapping[str, Subject] = {
    "experts": Subject(
        name="experts",
        kind=experts.EXPERTS,
        listing=expert_queries.LISTING,
        fields=written_fields(Expert),
        unite={
            "names": united(20, person_name, as_former_name),
            "emails": united(10, _address),
            "languages": united(50, same),
            "fields": united(42, same),
            "planetary_boundaries": united(9, same),
            "ecosystems": united(17, same),
            "keywords": united(50, fold),
            "biography": by_language,
        },
        read=_read_expert,
        derived=_derived_of_expert,
        sync_dependents=experts.sync_dependents,
        holder="expert_id",
        ended=frozenset({"resigned", "terminated", "deceased"}),
        taken=("account_id",),
    ),
    "institutions": Subject(
        name="institutions",
        kind=institutions.INSTITUTIONS,
        listing=institution_queries.LISTING,
        fields=written_fields(Institution),
        unite={
            "names": united(50, _folded_name, as_alias),
            "types": united(9, same),
            "domains": united(50, same),
            "links": united(50, same),
            "relations": united(500, _relation),
        },
        read=_read_institution,
        derived=_derived_of_institution,
        sync_dependents=institutions.sync_dependents,
        holder="institution_id",
        ended=frozenset({"linked", "out_of_scope", "withdrawn"}),
    ),
}
