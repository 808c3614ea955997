"""The declaration of the API of one kind of record, and what its routes read, show and apply."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from fastapi import Depends, Response
from pydantic import BaseModel

from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Forbidden, Gone, NotFound
from shared.kernel.lifecycle import AvailableAction, Fields
from shared.kernel.principal import Principal, RoleTable, ScopeKey
from shared.kernel.step_up import StepUp
from shared.records.access_scope import AccessScope, by_grant_alone
from shared.records.columns import parsed_or_fragment
from shared.records.listing import Listing
from shared.records.record import Record
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import columns_of, record_read
from shared.web.contract.schemas import RecordResponse
from shared.web.contract.values import row_values, written
from shared.web.records.steps import with_fields
from shared.web.records.withheld import Withheld
from shared.web.request.conditional import changed_since, is_current
from shared.web.request.moved import Moved
from shared.web.request.paging import pick_include
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import (
    actions,
    document_response,
    item_response,
    key_of,
    show_secret_once,
)
from shared.web.request.route import nothing_before
from shared.web.request.step_up import require_step_up

R = TypeVar("R", bound=Record)
GuardContext = TypeVar("GuardContext")
Form: TypeAlias = Callable[[Row, RequestContext], Awaitable[dict[str, Any]]]
"""Shows an item in another form."""
Take: TypeAlias = Callable[[UnitOfWork, AccessScope, R, TransitionRequest], Awaitable[Any]]
"""Applies a transition to a locked record."""


def about_nobody(_row: Mapping[str, Any]) -> frozenset[UUID]:
    """The accounts that a record is about: none."""
    return frozenset()


async def no_guards(*_given: object) -> None:
    """The guard context of records whose transitions have no guards."""


@dataclass(frozen=True, slots=True)
class Created(Generic[R]):
    """A new record, the extra members of the response to its creation, and its row with all columns of an item, if
    known."""

    record: R
    extra_members: Mapping[str, Any]
    row: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Bodies:
    """What callers write of a record. `creation` is the body of a creation, if it differs from that of changes, or if a
    route of the resource takes it. `columns` returns the columns that a body sets, `written` the fields of a row that a
    patch is merged into; by default both are the body's own fields. `before` reads what a write needs before its
    transaction opens, `step_up` is what writing asks of the sign-in of a person. `own`: who needs no grant to create
    one, as `permitted` says."""

    change: type[BaseModel] = BaseModel
    creation: type[BaseModel] | None = None
    columns: Callable[[Any], Mapping[str, Any]] | None = None
    written: Callable[[Row], Mapping[str, Any]] | None = None
    before: Callable[[RequestContext], Awaitable[None]] = nothing_before
    step_up: StepUp | None = None
    own: Callable[[AccessScope], bool] = by_grant_alone


@dataclass(frozen=True, slots=True)
class Steps(Generic[R, GuardContext]):
    """How the transitions of a record are taken.

    `take` applies those that are not in `verbs`; without it they have no guards. `guards` loads the data of guards.
    `may` says which verbs a caller may request, where that does not follow from grants alone.
    `fields` is the model of the transitions' fields; unless `reads_fields`, the operation parses them itself.
    `keeps_null`: in them null differs from absent. `concerns` returns the accounts that a record is about, which are
    never the second person of its transitions. `proposes_changes`: a patch may need a second person too.
    `entitles` says who may propose by a role that follows from the record, not from a grant.
    """

    take: Take[R] | None = None
    verbs: Mapping[str, Take[R]] = field(default_factory=dict)
    guards: Callable[[Connect, Principal, R, Fields], Awaitable[GuardContext]] | None = None
    may: Callable[[AccessScope, R], Callable[[str], bool]] = permitted
    fields: type[BaseModel] | None = None
    reads_fields: bool = True
    keeps_null: bool = False
    concerns: Callable[[Mapping[str, Any]], frozenset[UUID]] = about_nobody
    proposes_changes: bool = False
    entitles: Callable[[Row, UUID, str], bool] = lambda _row, _proposer, _verb: False


@dataclass(frozen=True, slots=True)
class Items:
    """What an item of a record has that others have not.

    `forms` are other forms of it by media type, in public fields whoever the caller is. `members` returns members that
    take reads of their own, for the caller of a row. `raw_json_columns` are columns of JSON text. `includes`: it takes
    the `include` of the list. `withheld` says what a caller gets instead of a record, by its id or ref, such as for a
    conflict of interest. `own_merge_target` returns the caller's own record that a merge made of one that the caller
    does not see. `in_history` returns what the caller of a record's row gets of a line of its history; None leaves it
    out.
    """

    forms: Mapping[str, Form] = field(default_factory=dict)
    members: Callable[[RequestContext, AccessScope, Row], Awaitable[dict[str, Any]]] | None = None
    raw_json_columns: tuple[str, ...] = ()
    includes: bool = False
    withheld: Callable[[RequestContext, UUID | str], Awaitable[Withheld | None]] | None = None
    own_merge_target: Callable[[RequestContext, UUID | str], Awaitable[UUID | None]] | None = None
    in_history: Callable[[Row, dict[str, Any]], dict[str, Any] | None] = lambda _row, line: line


@dataclass(frozen=True)
class RecordApi(Generic[R, GuardContext]):
    """The API of one kind of record.

    `present` renders a row for a caller. `create` gets the record from the body, `update` the locked record and the
    wanted one; without them there is no such route. `is_public`: list and item need no token. `dependency` runs before
    every request.
    """

    kind: ResourceType[R, GuardContext]
    roles: RoleTable
    listing: Listing
    response_model: type[RecordResponse]
    present: Callable[[Any, AccessScope], dict[str, Any]]
    bodies: Bodies = Bodies()
    create: Callable[[UnitOfWork, AccessScope, R], Awaitable[R | Created[R]]] | None = None
    update: Callable[[UnitOfWork, AccessScope, R, R], Awaitable[Any]] | None = None
    steps: Steps[R, GuardContext] = Steps()
    items: Items = Items()
    is_public: bool = False
    dependency: Callable[..., Awaitable[None]] | None = None

    async def readable(self, record: str, ctx: CurrentContext) -> Row:
        """The record, if the caller may know of it. Raises NotFound, Gone for an erased one, Moved for a merged one."""
        found = await self.shown_to(record, ctx)
        if not isinstance(found, Withheld):
            return found
        if ctx.request.method != "GET":
            raise found.refusal
        raise NotFound(f"There is no such {self.kind.resource.entity}.")

    async def shown_to(self, record: str, ctx: CurrentContext) -> Row | Withheld:
        """The record, or what the caller gets instead. Raises as `readable` does."""
        extra = pick_include(ctx.request, self.listing).column if self.items.includes else ""
        async with ctx.connection() as connection:
            access = ctx.access_on(self.kind.resource)
            row = await self.listing.get(connection, access, key_of(record), extra)
        if row is None:
            if self.items.withheld is not None and (withheld := await self.items.withheld(ctx, key_of(record))):
                return withheld
            own = self.items.own_merge_target
            if own is not None and (winner := await own(ctx, key_of(record))):
                raise Moved(ctx.path, record, winner)
            raise NotFound(f"There is no such {self.kind.resource.entity}.")
        if row.get("erased_at") is not None:
            raise Gone("This record was erased.", code="erased")
        if (winner := row.get("merged_into")) is not None:
            raise Moved(ctx.path, record, winner)
        return row

    @cached_property
    def written_in(self) -> Callable[[Row], Mapping[str, Any]]:
        """The fields of a row that a caller writes."""
        return self.bodies.written or written(self.kind.table, self.bodies.change.model_fields)

    def scope_of(self, row: Mapping[str, Any]) -> ScopeKey:
        """What a grant over one record has to name for this row."""
        return self.kind.record.scope_of(row)

    def columns_of(self, body: BaseModel) -> Mapping[str, Any]:
        """The columns that a body sets."""
        columns = self.bodies.columns
        return columns(body) if columns else row_values(body, self.kind.table)

    async def available_actions(self, record: R, ctx: RequestContext) -> list[AvailableAction]:
        """The verbs of the record's state for this caller."""
        load: Any = self.steps.guards or no_guards
        guard_context = await load(ctx.connection, ctx.principal, record, {})
        may = self.steps.may(ctx.access_on(self.kind.resource), record)
        return self.kind.lifecycle.available_actions(
            record.status, guard_context, may, getattr(record, "previous_status", None)
        )

    async def item(self, row: Row, ctx: RequestContext, access: AccessScope | None = None) -> dict[str, Any]:
        """The record of a row, as an item response."""
        access = access or ctx.access_on(self.kind.resource)
        shown = self._shown(row, access)
        if self.items.members is not None:
            shown |= await self.items.members(ctx, access, row)
        is_anonymous = ctx.principal.is_anonymous
        offered = [] if is_anonymous else await self.available_actions(record_read(self.kind.record, row), ctx)
        return {**shown, "allowed_actions": actions(offered)}

    async def new_item(self, record: R, ctx: RequestContext, row: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A new record, as an item response. `row` is its row, if available."""
        shown = self._shown(row or columns_of(record), ctx.access.including_record(record.id))
        return {**shown, "allowed_actions": actions(await self.available_actions(record, ctx))}

    def _shown(self, row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
        shown = self.present(row, access)
        extras = [extra.name for extra in self.listing.extras.columns.values()] if self.items.includes else ()
        for name in (*self.items.raw_json_columns, *(extra for extra in extras if extra in row)):
            shown[name] = parsed_or_fragment(row[name])
        return shown

    async def respond_with(
        self, ctx: RequestContext, record: UUID, status: int = 200, extra_members: Mapping[str, Any] | None = None
    ) -> Response:
        """The present record, read as by any caller, with `extra_members`."""
        access = ctx.access_on(self.kind.resource).including_record(record)
        row = await self.listing.get(ctx.uow.connection, access, record)
        if row is None and self.items.withheld and (withheld := await self.items.withheld(ctx, record)):
            return document_response(ctx, withheld.document)
        if row is None:
            raise NotFound("You no longer have access to this record.")
        return item_response(ctx, await self.item(row, ctx, access), status=status, extra_members=extra_members)

    async def respond_once(self, ctx: RequestContext, record: R, secret: str | None) -> Response:
        """A new record with its secret, if it has one. Only this response has the secret; the one stored for a replay
        has none."""
        found = await self.listing.get(ctx.uow.connection, ctx.access, record.id)
        shown = await self.item(found, ctx) if found else await self.new_item(record, ctx)
        return show_secret_once(item_response(ctx, {**shown, "secret": None}, status=201), {**shown, "secret": secret})

    async def take(self, uow: UnitOfWork, access: AccessScope, row: Row, requested: TransitionRequest) -> None:
        """Applies a transition, its fields parsed by their model."""
        steps = self.steps
        if steps.fields is not None and steps.reads_fields:
            is_permitted = access.may(requested.action, row["country"], self.scope_of(row))
            requested = with_fields(steps.fields, requested, is_permitted=is_permitted, keeps_null=steps.keeps_null)
        before = await self.kind.lock(uow, row["id"], row["version"])
        take = steps.verbs.get(requested.action, steps.take) or self.kind.transition
        await take(uow, access, before, requested)

    async def require_step_up(self, ctx: RequestContext, row: Row, verb: str, fields: Mapping[str, Any]) -> None:
        """Raises InsufficientSignIn if a transition that the caller may take asks more of their sign-in."""
        asked = self.kind.lifecycle.steps_up.get(verb)
        if asked is None or not ctx.access_on(self.kind.resource).may(verb, row["country"], self.scope_of(row)):
            return
        if asked.applies is None or asked.applies(row, fields):
            await require_step_up(ctx.request, ctx.principal, asked)

    async def require_step_up_to_write(
        self, ctx: RequestContext, columns: Mapping[str, Any], before: Mapping[str, Any]
    ) -> None:
        """Raises InsufficientSignIn if writing these columns over those of before, which a new record has not, asks
        more of the caller's sign-in."""
        asked = self.bodies.step_up
        if asked is not None and (asked.applies is None or asked.applies(columns, before)):
            await require_step_up(ctx.request, ctx.principal, asked)

    def changeable(self) -> Callable[..., Awaitable[Row]]:
        """The guard of changes: Forbidden without any grant over the record, then the precondition."""

        async def changeable_record(row: Annotated[Row, Depends(self.readable)], ctx: CurrentContext) -> Row:
            if not ctx.access_on(self.kind.resource).write.covers(row["country"], self.scope_of(row)):
                raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
            await self.require_current(row, ctx)
            return row

        return changeable_record

    async def require_current(self, row: Row, ctx: RequestContext) -> None:
        """Raises VersionConflict if `If-Match` does not name the record's version, PreconditionRequired without one."""
        if not is_current(ctx.request, row["version"]):
            raise changed_since(await self.item(row, ctx))
