"""Entering the demonstration: transactions of the services on past days, with what each role does in them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel

from services.actions.access import ROLES as ACTION_ROLES
from services.actions.overview.countries.operations import recompute_stage
from services.actions.settings import ActionsSettings
from services.centres.access import ROLES as CENTRE_ROLES
from services.centres.settings import CentresSettings
from services.membership.access import ROLES as MEMBER_ROLES
from services.membership.seed import SECRETARIAT
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import Origin, UnitOfWork, unit_of_work
from shared.kernel.clock import clock_set_to, now
from shared.kernel.principal import Principal
from shared.records.access_scope import access_scope_for
from shared.records.record import Record
from shared.records.resource_type import Inserted, ResourceType, TransitionRequest
from shared.web.contract.values import row_values

_ROLES = {"membership": MEMBER_ROLES, "centres": CENTRE_ROLES, "actions": ACTION_ROLES}
_SETTINGS = {"membership": MembershipSettings, "centres": CentresSettings, "actions": ActionsSettings}
_MORNING = time(8, tzinfo=UTC)
_BETWEEN = timedelta(seconds=20)
"""From one step of a day to the next."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """The operations on records of one kind."""

    kind: ResourceType[Any, Any]
    create: Callable[..., Any]
    transition: Callable[..., Any]
    update: Callable[..., Any] | None

    @classmethod
    def of(cls, module: Any, kind: ResourceType[Any, Any], *settings: object) -> "Verbs":
        """Those of a module; `settings` are what its transitions need of the service's settings."""
        transition, update = getattr(module, "transition", None), getattr(module, "update", None)
        step: Any = partial(transition, *settings) if settings and transition else transition
        return cls(kind, module.create, step, update)


class Day:
    """A transaction of one service on a past day, or now if it does not begin then."""

    def __init__(self, service: str, uow: UnitOfWork, begins: datetime | None) -> None:
        self.service, self.uow = service, uow
        self._instant = begins

    @property
    def day(self) -> date:
        return (self._instant or now()).date()

    async def known(self, query: str, *arguments: object) -> bool:
        """Whether a query finds that something is there, so that it is not entered again."""
        return bool(await self.uow.connection.fetchval(query, *arguments))

    async def act(self, by: Principal, operation: Callable[[], Any]) -> Any:
        """The result of an operation, which somebody does at the next instant of the day."""
        self.uow.origin = replace(self.uow.origin, actor=by)
        if self._instant is None:
            return await operation()
        self._instant += _BETWEEN
        with clock_set_to(self._instant):
            return await operation()

    async def enter(
        self, verbs: Verbs, body: BaseModel, by: Principal = SECRETARIAT, columns: Mapping[str, Any] | None = None
    ) -> Any:
        """A record from a validated body; `columns` replaces what follows from the body alone."""
        access = access_scope_for(by, _ROLES[self.service], verbs.kind.resource)
        values = row_values(body, verbs.kind.table) if columns is None else columns
        made = await self.act(by, lambda: verbs.create(self.uow, access, verbs.kind.new(values)))
        return made.record if isinstance(made, Inserted) else made

    async def step(
        self,
        verbs: Verbs,
        record: Record,
        *actions: str,
        by: Principal = SECRETARIAT,
        reason: str | None = None,
        **fields: Any,
    ) -> Any:
        """The record after these transitions; `reason` and `fields` are those of the last one."""
        access = access_scope_for(by, _ROLES[self.service], verbs.kind.resource)
        for action in actions:
            is_last = action == actions[-1]
            asked = TransitionRequest(action, reason if is_last else None, fields if is_last else {})
            record = await self.act(by, partial(verbs.transition, self.uow, access, record, asked))
        return record

    async def change(self, verbs: Verbs, before: Record, by: Principal = SECRETARIAT, **columns: Any) -> Any:
        """The record with other values."""
        access = access_scope_for(by, _ROLES[self.service], verbs.kind.resource)
        update = verbs.update
        if update is None:
            raise TypeError(f"{verbs.kind.resource.plural} are not updated")
        return await self.act(by, lambda: update(self.uow, access, before, replace(before, **columns)))


class Making:
    """The services, and the day until which something happens: yesterday, since today has not ended."""

    def __init__(self, databases: Mapping[str, Database], last: date) -> None:
        self._databases = databases
        self.last = last

    def ago(self, days: int) -> date:
        """So many days before the last one."""
        return self.last - timedelta(days=days)

    @asynccontextmanager
    async def on(self, day: date, service: str, countries: Sequence[str] = ()) -> AsyncIterator[Day]:
        """A transaction of a service on a day, after which the stages of these countries are derived again."""
        async with self._opened(day, service) as opened:
            yield opened
        if countries:
            async with self._opened(day, "actions") as opened:
                for country in countries:
                    await opened.act(SECRETARIAT, partial(recompute_stage, opened.uow, country))

    @asynccontextmanager
    async def now(self, service: str) -> AsyncIterator[Day]:
        """A transaction of a service at the present: what needs accounts, which began today."""
        async with unit_of_work(self._databases[service], SYSTEM_CONTEXT, Origin(SECRETARIAT, _request())) as uow:
            yield Day(service, uow, None)

    @asynccontextmanager
    async def _opened(self, day: date, service: str) -> AsyncIterator[Day]:
        origin = Origin(SECRETARIAT, _request(), bulk=True)
        dated = f"SET LOCAL escm.day = '{day.isoformat()}'; SET LOCAL synchronous_commit = off"
        begins = datetime.combine(min(day, self.last), _MORNING)
        async with unit_of_work(self._databases[service], SYSTEM_CONTEXT, origin, dated) as uow:
            yield Day(service, uow, begins)


def _request() -> str:
    return f"demo-{uuid7()}"


@asynccontextmanager
async def making(database_url: str) -> AsyncIterator[Making]:
    """A connection for each of the services."""
    async with AsyncExitStack() as stack:
        opened = {}
        for name, settings in _SETTINGS.items():
            dsn = settings(database_url=database_url).database_dsn()
            opened[name] = await Database.open(dsn, size=1, application="escm-demo")
            stack.push_async_callback(opened[name].close)
        yield Making(opened, now().date() - timedelta(days=1))
