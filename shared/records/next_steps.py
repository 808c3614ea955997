"""The transition that a record waits for in a state, and who takes it: a person, or an office that may do so.

The lists of each service find these records with `holder=me`. A view of each service publishes the same for the work
list of access.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Table, Text, Uuid, all_, and_, any_, bindparam, cast, func, literal, not_, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.kernel.clock import today
from shared.kernel.principal import Principal, RoleTable
from shared.records.access_scope import AccessScope, constant
from shared.records.filters import Filter, one_of
from shared.records.pending import as_second_person, waits_for_caller

TODAY = bindparam("today", type_=Date)
"""The day on which steps are looked for."""
ME = any_(bindparam("pending_for", type_=ARRAY(Uuid)))
"""The accounts of the caller."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """In this state a record waits for this verb. `person` is the column with the account that takes it. Where that is
    null or absent, an office takes it whose permission covers the record, unless the step is `personal`. `only` is a
    further condition on the record, `among` are the roles that take it as an office, by default all with the permission
    to do so; `not_by` is the column that names who does not take it."""

    status: str
    verb: str
    person: ColumnElement[Any] | None = None
    is_personal: bool = False
    only: ColumnElement[bool] | None = None
    among: frozenset[str] | None = None
    not_by: ColumnElement[Any] | None = None


@dataclass(frozen=True)
class NextSteps:
    """The next steps of one kind of record. `scope` is the column with the record that a grant covers, if it is another
    one, `country` the one with the country whose offices take the steps. `own` is a record whose offices do not."""

    resource: str
    table: Table
    steps: tuple[NextStep, ...]
    scope: ColumnElement[Any] | None = None
    country: ColumnElement[Any] | None = None
    own: ColumnElement[Any] | None = None

    @property
    def plural(self) -> str:
        """The name of the kind in addresses."""
        return self.resource.partition(".")[2]

    @property
    def holder(self) -> Filter:
        """The filter `holder=me`: records that wait for the caller, or have a transition that the caller proposed or
        may confirm."""
        return Filter(
            "holder",
            "`me`: records whose next step is the caller's, or with a transition that waits for a second person; needs"
            " a token",
            one_of(("me",)),
            lambda _me: self._waiting(),
            token_needed=True,
            of_caller=self._of_caller,
        )

    def _waiting(self) -> ColumnElement[bool]:
        pending = waits_for_caller(self.resource, self.table.c.id)
        return or_(pending, *(self._condition(step) for step in self.steps))

    def _condition(self, step: NextStep) -> ColumnElement[bool]:
        rows = self.table.c
        scope = rows.id if self.scope is None else self.scope
        takers = [] if step.person is None else [step.person == ME]
        if not step.is_personal:
            country = rows.country if self.country is None else self.country
            verb = literal(f"{self.resource}.{step.verb}", Text)
            office = is_in_office(verb, country, scope)
            if self.own is not None:
                office = and_(office, is_not_over(verb, self.own))
            takers.append(office if step.person is None else and_(step.person.is_(None), office))
        conditions = [rows.status == constant(step.status), or_(*takers)]
        if step.only is not None:
            conditions.append(step.only)
        if step.not_by is not None:
            conditions.append(is_another_than(step.not_by))
        return and_(*conditions)

    def _of_caller(self, access: AccessScope) -> Mapping[str, Any]:
        principal = access.principal
        offices = frozenset[str]().union(
            *(
                offices_of(principal.limited_to(step.among), access.roles, self.resource, (step.verb,))
                for step in self.steps
                if not step.is_personal
            )
        )
        return {**caller_parameters(principal), "offices": sorted(offices)}


def caller_parameters(principal: Principal) -> dict[str, Any]:
    """The parameters of conditions on the caller, and the day."""
    return {**as_second_person(principal), "labels": list(principal.labels), "today": today()}


def is_another_than(labels: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a label such as that of `submitted_by`, or each of several with a space between them, is not the
    caller's."""
    named = func.string_to_array(labels, literal(" ", Text), type_=ARRAY(Text))
    return or_(labels.is_(None), not_(named.overlap(bindparam("labels", type_=ARRAY(Text)))))


def is_in_office(step: ColumnElement[Any], *places: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the caller's offices take a step: those everywhere, or those in these `places`, which are a country or
    the ids of records. Parameter: `offices`."""
    offices = any_(bindparam("offices", type_=ARRAY(Text)))
    return or_(step == offices, *(step + literal(" ") + cast(place, Text) == offices for place in places))


def is_not_over(step: ColumnElement[Any], record: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether no grant of the caller over this very record takes a step. Parameter: `offices`."""
    return step + literal(" ") + cast(record, Text) != all_(bindparam("offices", type_=ARRAY(Text)))


def offices_of(principal: Principal, roles: RoleTable, resource: str, verbs: Iterable[str]) -> frozenset[str]:
    """The steps that the principal's permissions cover: a step alone for every record, or with a country or the id of a
    record after a space."""
    found: set[str] = set()
    for verb in verbs:
        scope, step = principal.permission_scope(roles, resource, verb), f"{resource}.{verb}"
        found |= {step} if scope.everywhere else {f"{step} {place}" for place in scope.countries | scope.records}
    return frozenset(found)
