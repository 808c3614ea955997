"""The routes that every kind of record has, made from its description: list, create, read, change, history, steps."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Response
from pydantic import BaseModel

from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Forbidden, Gone, NotFound
from shared.kernel.lifecycle import AvailableAction
from shared.kernel.principal import Principal, RoleTable
from shared.records.access_scope import AccessScope
from shared.records.columns import parsed_or_fragment
from shared.records.listing import Listing
from shared.records.resource_type import ResourceType, TransitionRequest, permitted
from shared.web.answers import (
    actions,
    item_response,
    key_of,
    show_secret_once,
)
from shared.web.conditional import changed_since, is_current
from shared.web.moved import Moved
from shared.web.pending import add_pending
from shared.web.record_routes import add_creation, add_reads, add_transition, add_update, names
from shared.web.request_context import CurrentContext, RequestContext
from shared.web.route import ResourceRouter
from shared.web.schemas import RecordAnswer
from shared.web.steps import with_fields

GuardContext = TypeVar("GuardContext")
Written = TypeVar("Written", bound=BaseModel)


def about_nobody(_row: Mapping[str, Any]) -> frozenset[UUID]:
    """The accounts that a record is about, where it is about none."""
    return frozenset()


@dataclass(frozen=True)
class RecordApi(Generic[GuardContext]):
    """One kind of record as it is served.

    `present` shows a row to a caller; `guard_context` loads what the guards look at (`fields` are those of a
    transition); `create`, `update` and `transition` are the feature's operations; `written` gives the fields of a row
    that a caller writes, which a patch is merged into. `fields` is the model of what transitions take, which the
    operation reads itself unless `reads_fields`; `keeps_null`: null differs there from what is absent. Without `create`
    or `update` there is no such route. `embedded` are item columns of JSON text; `fresh` are the item columns of a
    record that was just created, where they are known (it is then answered without being read again). `is_public`: list
    and item answer without a token. `arriving` is a dependency that every request meets first. `entered` answers what
    the answer to a creation tells beside the record. `concerns` are the accounts that a record is about, which never
    are the second person of its steps. `proposes_changes`: a patch may need a second person too.
    """

    kind: ResourceType[GuardContext]
    roles: RoleTable
    listing: Listing
    answer: type[RecordAnswer]
    present: Callable[[Any, AccessScope], dict[str, Any]]
    guard_context: Callable[[Connect, Principal, Any, Mapping[str, Any]], Awaitable[GuardContext]]
    transition: Callable[[UnitOfWork, AccessScope, Row, TransitionRequest], Awaitable[Any]]
    create_body: type[BaseModel] = BaseModel
    create: Callable[[UnitOfWork, AccessScope, Any], Awaitable[Row]] | None = None
    body: type[BaseModel] = BaseModel
    update: Callable[[UnitOfWork, AccessScope, Row, Any], Awaitable[Any]] | None = None
    written: Callable[[Row], dict[str, Any]] = dict
    fields: type[BaseModel] | None = None
    reads_fields: bool = True
    keeps_null: bool = False
    embedded: tuple[str, ...] = ()
    fresh: Mapping[str, Any] | None = None
    arriving: Callable[..., Awaitable[None]] | None = None
    entered: Callable[[UnitOfWork, AccessScope, Row], Awaitable[Mapping[str, Any]]] | None = None
    concerns: Callable[[Mapping[str, Any]], frozenset[UUID]] = about_nobody
    is_public: bool = False
    proposes_changes: bool = False

    async def readable(self, record: str, ctx: CurrentContext) -> Row:
        """The record, if the caller may know of it. Raises NotFound, Gone for an erased one, Moved for a merged one."""
        async with ctx.connection() as connection:
            row = await self.listing.get(connection, ctx.access_on(self.kind.resource), key_of(record))
        if row is None:
            raise NotFound(f"There is no such {self.kind.resource.entity}.")
        if row.get("erased_at") is not None:
            raise Gone("This record was erased.", code="erased")
        if (winner := row.get("merged_into")) is not None:
            raise Moved(ctx.path, record, winner)
        return row

    async def available_actions(self, row: Mapping[str, Any], ctx: RequestContext) -> list[AvailableAction]:
        """The verbs of the record's state for this caller."""
        guard_context = await self.guard_context(ctx.connection, ctx.principal, row, {})
        access = ctx.access_on(self.kind.resource)
        return self.kind.lifecycle.available_actions(
            row["status"], guard_context, permitted(access, row), row.get("previous_status")
        )

    async def item(
        self, row: Mapping[str, Any], ctx: RequestContext, access: AccessScope | None = None
    ) -> dict[str, Any]:
        """The record as an item answer."""
        record = self.present(row, access or ctx.access_on(self.kind.resource))
        for name in self.embedded:
            record[name] = parsed_or_fragment(row[name])
        record["allowed_actions"] = (
            [] if ctx.principal.is_anonymous else actions(await self.available_actions(row, ctx))
        )
        return record

    async def answer_with(
        self, ctx: RequestContext, record: UUID, status: int = 200, beside: Mapping[str, Any] | None = None
    ) -> Response:
        """The record as it now stands, read as any reader would, and what is told `beside` it."""
        access = ctx.access_on(self.kind.resource).including_record(record)
        row = await self.listing.get(ctx.uow.connection, access, record)
        if row is None:
            raise NotFound("You no longer have access to this record.")
        return item_response(ctx, await self.item(row, ctx, access), status=status, beside=beside)

    async def answer_once(self, ctx: RequestContext, row: Row, secret: str | None) -> Response:
        """A new record with its secret, if it has one, which is told this once: the answer that is kept has none."""
        found = await self.listing.get(ctx.uow.connection, ctx.access, row["id"])
        record = await self.item(found or row, ctx)
        return show_secret_once(
            item_response(ctx, {**record, "secret": None}, status=201), {**record, "secret": secret}
        )

    async def take(self, uow: UnitOfWork, access: AccessScope, row: Row, requested: TransitionRequest) -> None:
        """Takes a transition, its fields read by the model that there is for them."""
        if self.fields is not None and self.reads_fields:
            requested = with_fields(self.fields, access, row, requested, keeps_null=self.keeps_null)
        await self.transition(uow, access, row, requested)

    def changeable(self) -> Callable[..., Awaitable[Row]]:
        """The guard of changes: Forbidden without any grant over the record, then the precondition."""

        async def changeable_record(row: Annotated[Row, Depends(self.readable)], ctx: CurrentContext) -> Row:
            if not ctx.access_on(self.kind.resource).write.covers(row["country"], row["id"]):
                raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
            if not is_current(ctx.request, row["version"]):
                raise changed_since(await self.item(row, ctx))
            return row

        return changeable_record

    def routes(self) -> ResourceRouter:
        """The router with the standard routes; the feature adds its own."""
        arriving = [Depends(self.arriving)] if self.arriving else []
        router = ResourceRouter(self.kind.resource, self.roles, dependencies=arriving)
        add_reads(router, self)
        if self.create is not None:
            add_creation(router, self, self.create)
        if self.update is not None:
            add_update(router, self, self.update)
        add_transition(router, self)
        if self.kind.lifecycle.has_transitions_of_two:
            add_pending(router, self, names(self)[1])
        return router
