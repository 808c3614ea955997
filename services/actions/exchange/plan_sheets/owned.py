"""Rows of records that belong to another record and have codes: what they name, and how they are found."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.actions.access import ROLES
from services.actions.classification.codes.queries import MOST_NAMED, unknown
from services.actions.classification.schemes.record import Tag
from services.actions.exchange.plan_sheets.queries import Owner
from services.actions.exchange.result_sheets.domain import ByName
from shared.bulk.importable import IMPORT
from shared.bulk.reading import UNKNOWN_REFERENCE, RowFault
from shared.bulk.row_records import Resolved, ResolvedRow
from shared.bulk.rows import Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal
from shared.kernel.resource import Resource
from shared.kernel.text import search_key
from shared.records.access_scope import access_scope_for

Named: TypeAlias = Callable[[Connection, Principal, Collection[str]], Awaitable[ByName[Owner]]]
_FORBIDDEN = RowFault("country_forbidden", "Your grants do not cover this country.")


@dataclass(frozen=True, slots=True)
class OwnedRows:
    """Rows of one kind of record. `owner` and `tags` are the headings of the record that each belongs to and of its
    codes, `named` reads the owners of these names that a principal may know of."""

    resource: Resource
    owner: str
    tags: str
    named: Named

    async def faults(self, connection: Connection, principal: Principal, rows: Sequence[Values]) -> dict[int, RowFault]:
        """What is wrong with the owners and codes of the rows, by position."""
        return await self._owner_faults(connection, principal, rows) | await self._tag_faults(connection, rows)

    async def resolve(self, uow: UnitOfWork, rows: Sequence[Values], _is_dry: bool) -> Resolved:
        """The rows, with their owners as `of`. The key finds a record of the owner with the same title."""
        found = await self._owners(uow.connection, uow.origin.actor, rows)
        resolved = []
        for values in rows:
            of = next(iter(found.get(values.get(self.owner, ""))), None)
            titles = values.get("titles")
            keys = (f"{self.resource.entity}:{of.id}:{search_key(*titles.values())}",) if of and titles else ()
            resolved.append(ResolvedRow({**values, "of": of}, keys))
        return Resolved(resolved, {})

    async def _owners(self, connection: Connection, principal: Principal, rows: Sequence[Values]) -> ByName[Owner]:
        return await self.named(connection, principal, {values[self.owner] for values in rows if self.owner in values})

    async def _owner_faults(
        self, connection: Connection, principal: Principal, rows: Sequence[Values]
    ) -> dict[int, RowFault]:
        """By index, the rows that name an unknown owner, or one of a country outside the grants."""
        owners = await self._owners(connection, principal, rows)
        access = access_scope_for(principal, ROLES, self.resource)
        faults = {}
        for place, values in enumerate(rows):
            if self.owner not in values:
                continue
            found = owners.get(values[self.owner])
            if len(found) != 1:
                faults[place] = UNKNOWN_REFERENCE
            elif not access.may(IMPORT, found[0].country):
                faults[place] = _FORBIDDEN
        return faults

    async def _tag_faults(self, connection: Connection, rows: Sequence[Values]) -> dict[int, RowFault]:
        """By index, the rows with a code that the current edition of its scheme does not have."""
        named = {place: _pairs(values[self.tags]) for place, values in enumerate(rows) if values.get(self.tags)}
        every = sorted({pair for pairs in named.values() for pair in pairs})
        strange: set[tuple[str, str]] = set()
        for first in range(0, len(every), MOST_NAMED):
            strange |= await unknown(connection, every[first : first + MOST_NAMED])
        return {
            place: RowFault("unknown_code", f"{self.tags}: {wrong[0]} has no code {wrong[1]}.")
            for place, pairs in named.items()
            if (wrong := next((pair for pair in pairs if pair in strange), None))
        }


def _pairs(tags: Iterable[Tag]) -> list[tuple[str, str]]:
    return [(tag["scheme"], tag["code"]) for tag in tags]
