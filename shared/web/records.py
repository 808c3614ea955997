"""The routes that every kind of record has, made from its description: list, create, read, change, history, steps."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Body as FastBody
from fastapi import Depends, Response
from pydantic import BaseModel

from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.errors import Forbidden, Gone, NotFound
from shared.kernel.lifecycle import Offer, SecondPersonNeeded
from shared.kernel.principal import Principal, RoleTable
from shared.records.access_scope import AccessScope
from shared.records.columns import parsed_or_fragment
from shared.records.kind import Kind, Step, permitted, require
from shared.records.listing import Listing
from shared.records.store import as_inserted
from shared.web.answers import (
    HISTORY_QUERY,
    actions,
    history_response,
    item_response,
    key_of,
    patched,
    told_once,
    transitions_response,
)
from shared.web.call import Call, CurrentCall, lists, public, takes_query
from shared.web.conditional import changed_since, is_current
from shared.web.fields import History, RecordAnswer, TransitionBody, Transitions, page_of
from shared.web.moved import Moved
from shared.web.paging import list_response, pick_fields
from shared.web.pending import PendingTransition, add_pending, propose
from shared.web.route import ResourceRouter

Case = TypeVar("Case")
Written = TypeVar("Written", bound=BaseModel)


def about_nobody(_row: Mapping[str, Any]) -> frozenset[UUID]:
    """The accounts that a record is about, where it is about none."""
    return frozenset()


@dataclass(frozen=True)
class RecordApi(Generic[Case]):
    """One kind of record as it is served.

    `present` shows a row to a caller; `case` loads what the guards look at (`fields` are those of a step); `create`,
    `update` and `transition` are the feature's operations; `written` gives the fields of a row that a caller writes,
    which a patch is merged into. Without `create` or `update` there is no such route. `embedded` are item columns of
    JSON text; `fresh` are the item columns of a record that was just created, where they are known (it is then answered
    without being read again). `is_public`: list and item answer without a token. `arriving` is a dependency that every
    request meets first. `entered` answers what the answer to a creation tells beside the record. `concerns` are the
    accounts that a record is about, which never are the second person of its steps. `proposes_changes`: a patch may
    need a second person too.
    """

    kind: Kind[Case]
    roles: RoleTable
    listing: Listing
    answer: type[RecordAnswer]
    present: Callable[[Any, AccessScope], dict[str, Any]]
    case: Callable[[Connect, Principal, Any, Mapping[str, Any]], Awaitable[Case]]
    transition: Callable[[UnitOfWork, AccessScope, Row, Step], Awaitable[Any]]
    create_body: type[BaseModel] = BaseModel
    create: Callable[[UnitOfWork, AccessScope, Any], Awaitable[Row]] | None = None
    body: type[BaseModel] = BaseModel
    update: Callable[[UnitOfWork, AccessScope, Row, Any], Awaitable[Any]] | None = None
    written: Callable[[Row], dict[str, Any]] = dict
    embedded: tuple[str, ...] = ()
    fresh: Mapping[str, Any] | None = None
    arriving: Callable[..., Awaitable[None]] | None = None
    entered: Callable[[UnitOfWork, AccessScope, Row], Awaitable[Mapping[str, Any]]] | None = None
    concerns: Callable[[Mapping[str, Any]], frozenset[UUID]] = about_nobody
    is_public: bool = False
    proposes_changes: bool = False

    async def readable(self, record: str, call: CurrentCall) -> Row:
        """The record, if the caller may know of it. Raises NotFound, Gone for an erased one, Moved for a merged one."""
        async with call.connection() as connection:
            row = await self.listing.get(connection, call.access_on(self.kind.resource), key_of(record))
        if row is None:
            raise NotFound(f"There is no such {self.kind.resource.entity}.")
        if row.get("erased_at") is not None:
            raise Gone("This record was erased.", code="erased")
        if (winner := row.get("merged_into")) is not None:
            raise Moved(call.path, record, winner)
        return row

    async def offers(self, row: Mapping[str, Any], call: Call) -> list[Offer]:
        """The verbs of the record's state for this caller."""
        case = await self.case(call.connection, call.principal, row, {})
        access = call.access_on(self.kind.resource)
        return self.kind.lifecycle.offers(row["status"], case, permitted(access, row), row.get("previous_status"))

    async def item(self, row: Mapping[str, Any], call: Call, access: AccessScope | None = None) -> dict[str, Any]:
        """The record as an item answer."""
        record = self.present(row, access or call.access_on(self.kind.resource))
        for name in self.embedded:
            record[name] = parsed_or_fragment(row[name])
        record["allowed_actions"] = [] if call.principal.is_anonymous else actions(await self.offers(row, call))
        return record

    async def answer_with(
        self, call: Call, record: UUID, status: int = 200, beside: Mapping[str, Any] | None = None
    ) -> Response:
        """The record as it now stands, read as any reader would, and what is told `beside` it."""
        access = call.access_on(self.kind.resource).including_record(record)
        row = await self.listing.get(call.uow.connection, access, record)
        if row is None:
            raise NotFound("The record has left your access.")
        return item_response(call, await self.item(row, call, access), status=status, beside=beside)

    async def answer_once(self, call: Call, row: Row, secret: str | None) -> Response:
        """A new record with its secret, if it has one, which is told this once: the answer that is kept has none."""
        found = await self.listing.get(call.uow.connection, call.access, row["id"])
        record = await self.item(found or row, call)
        return told_once(item_response(call, {**record, "secret": None}, status=201), {**record, "secret": secret})

    def changeable(self) -> Callable[..., Awaitable[Row]]:
        """The guard of changes: Forbidden without any grant over the record, then the precondition."""

        async def changeable_record(row: Annotated[Row, Depends(self.readable)], call: CurrentCall) -> Row:
            if not call.access_on(self.kind.resource).write.covers(row["country"], row["id"]):
                raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
            if not is_current(call.request, row["version"]):
                raise changed_since(await self.item(row, call))
            return row

        return changeable_record

    def routes(self) -> ResourceRouter:
        """The router with the standard routes; the feature adds its own."""
        arriving = [Depends(self.arriving)] if self.arriving else []
        router = ResourceRouter(self.kind.resource, self.roles, dependencies=arriving)
        _add_reads(router, self)
        if self.create is not None:
            _add_creation(router, self, self.create)
        if self.update is not None:
            _add_update(router, self, self.update)
        _add_transition(router, self)
        if self.kind.lifecycle.has_steps_of_two:
            add_pending(router, self, _names(self)[1])
        return router


def _names(api: RecordApi[Any]) -> tuple[str, str]:
    """`Experts`, `Expert`: as operation ids end."""
    plural = "".join(part.capitalize() for part in api.kind.resource.plural.split("_"))
    return plural, "".join(part.capitalize() for part in api.kind.resource.entity.split("_"))


def _add_reads(router: ResourceRouter, api: RecordApi[Any]) -> None:
    plural, single = _names(api)
    title = api.kind.resource.entity.replace("_", " ")
    known = frozenset(api.answer.model_fields)
    readable = Annotated[Row, Depends(api.readable)]
    mark = public if api.is_public else _unmarked

    @router.get(
        "",
        operation_id=f"list{plural}",
        summary=f"List {title} records",
        responses={200: {"model": page_of(api.answer)}},
    )
    @mark
    @lists(api.listing)
    async def list_records(call: CurrentCall) -> Response:
        return await list_response(call, api.listing, api.present, known)

    @router.get(
        "/{record}", operation_id=f"get{single}", summary=f"Read one {title}", responses={200: {"model": api.answer}}
    )
    @mark
    @takes_query("fields", "include")
    async def get_record(row: readable, call: CurrentCall) -> Response:
        return item_response(call, await api.item(row, call), fields=pick_fields(call.request, known))

    @router.get(
        "/{record}/history",
        operation_id=f"get{single}History",
        summary=f"Read the history of one {title}",
        responses={200: {"model": History}},
    )
    @takes_query(*HISTORY_QUERY)
    async def get_history(row: readable, call: CurrentCall) -> Response:
        require(call.access, "history", row["country"], row["id"])
        whole = call.access.sees_all_fields(row["country"], row["id"])
        return await history_response(call, row["id"], () if whole else api.kind.private)

    @router.get(
        "/{record}/transitions",
        operation_id=f"get{single}Transitions",
        summary=f"Which steps the state of one {title} allows",
        responses={200: {"model": Transitions}},
    )
    async def get_transitions(row: readable, call: CurrentCall) -> Response:
        return transitions_response(api.kind.lifecycle, row["status"], await api.offers(row, call))


def _add_creation(
    router: ResourceRouter, api: RecordApi[Any], create: Callable[[UnitOfWork, AccessScope, Any], Awaitable[Row]]
) -> None:
    _, single = _names(api)
    title = api.kind.resource.entity.replace("_", " ")
    creation: Any = api.create_body

    @router.post(
        "",
        operation_id=f"create{single}",
        summary=f"Enter one {title}",
        status_code=201,
        responses={201: {"model": api.answer}},
    )
    async def create_record(body: creation, call: Annotated[Call, Depends(may_create)]) -> Response:
        row = await create(call.uow, call.access, body)
        beside = await api.entered(call.uow, call.access, row) if api.entered else None
        if api.fresh is None:
            return await api.answer_with(call, row["id"], status=201, beside=beside)
        shown = await api.item({**as_inserted(row), **api.fresh}, call, call.access.including_record(row["id"]))
        return item_response(call, shown, status=201, beside=beside)


async def may_create(call: CurrentCall) -> Call:
    """The guard of creation: Forbidden for a machine that writes nothing of the kind, before the body is looked at."""
    if call.principal.is_machine and not call.access.write:
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    return call


def _add_update(
    router: ResourceRouter, api: RecordApi[Any], update: Callable[[UnitOfWork, AccessScope, Row, Any], Awaitable[Any]]
) -> None:
    _, single = _names(api)
    title = api.kind.resource.entity.replace("_", " ")
    changeable = Annotated[Row, Depends(api.changeable())]
    patch_body = Annotated[dict[str, Any], FastBody(media_type="application/merge-patch+json")]

    @router.patch(
        "/{record}",
        operation_id=f"update{single}",
        summary=f"Change one {title}",
        responses={200: {"model": api.answer}, **(_proposed(api) if api.proposes_changes else {})},
    )
    async def update_record(patch: patch_body, row: changeable, call: CurrentCall) -> Response:
        require(call.access, "update", row["country"], row["id"])
        body = patched(api.body, api.written(row), patch)
        try:
            await update(call.uow, call.access, row, body)
        except SecondPersonNeeded as needed:
            return await propose(api, call, row, TransitionBody(action=needed.action, fields=needed.fields))
        return await api.answer_with(call, row["id"])


def _add_transition(router: ResourceRouter, api: RecordApi[Any]) -> None:
    _, single = _names(api)
    title = api.kind.resource.entity.replace("_", " ")
    changeable = Annotated[Row, Depends(api.changeable())]

    @router.post(
        "/{record}/transitions",
        operation_id=f"transition{single}",
        summary=f"Take a step in the life of one {title}",
        responses={200: {"model": api.answer}, **_proposed(api)},
    )
    async def transition_record(body: TransitionBody, row: changeable, call: CurrentCall) -> Response:
        try:
            await api.transition(call.uow, call.access, row, Step(body.action, body.reason, body.fields))
        except SecondPersonNeeded:
            return await propose(api, call, row, body)
        return await api.answer_with(call, row["id"])


def _proposed(api: RecordApi[Any]) -> dict[int | str, dict[str, Any]]:
    if not api.kind.lifecycle.has_steps_of_two:
        return {}
    return {202: {"model": PendingTransition, "description": "The step waits for a second person."}}


def _unmarked(endpoint: Any) -> Any:
    return endpoint
