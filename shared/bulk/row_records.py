"""The records that rows lead to and name."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shared.bulk.reading import RowFault
from shared.bulk.rows import Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import Principal


class ResolvedRow(NamedTuple):
    """The values and keys of a row after the records that it names were found or made."""

    values: Values
    keys: tuple[str, ...]


class Resolved(NamedTuple):
    """The rows of a batch, and the records that were made for them, each with its children."""

    rows: Sequence[ResolvedRow]
    added: Mapping[UUID, Sequence[UUID]]


@dataclass(frozen=True, slots=True)
class RowRecords:
    """The records that rows lead to and name. `matches` is the SQL function that finds records by key; no row leads to
    a record in one of the states `ended`. `references` returns, by index, what is wrong with the records that the
    values refer to. `resolve` finds or makes the records that new rows name, in the transaction of their batch; its
    third argument is whether it is a dry run, in which it makes none. `resolves_all`: it also finds those that the rows
    of existing records name, which keep their own keys."""

    matches: str | None = None
    ended: tuple[str, ...] = ()
    references: Callable[[Connection, Principal, Sequence[Values]], Awaitable[Mapping[int, RowFault]]] | None = None
    resolve: Callable[[UnitOfWork, Sequence[Values], bool], Awaitable[Resolved]] | None = None
    resolves_all: bool = False
