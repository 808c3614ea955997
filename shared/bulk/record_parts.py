"""Records of several rows: each row is a part of one."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.bulk.reading import RowFault
from shared.bulk.rows import Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope


class CompletedRow(NamedTuple):
    """The values of a row with the records that it names, and the key of its own record."""

    values: Values
    key: str


@dataclass(frozen=True, slots=True)
class RecordParts:
    """How rows make records. The rows of a batch that lead to one record are one change of it; a row that repeats the
    identity of another row of the file is `not_unique`. Rows have neither a `ref` nor a `row_id`.

    `prefix` begins the headings that depend on the data; `headings` returns those in use, as far as the caller may know
    of them. `complete` finds the records that rows name, or returns what is wrong with a row; it also checks the
    caller's grants. `refused` returns, by index, why rows are not written; it locks these conditions in the transaction
    that writes them. A row that `says_nothing` makes no record. `lines` are the rows of a record in an export.
    """

    prefix: str
    headings: Callable[[Connection, AccessScope], Awaitable[Sequence[str]]]
    complete: Callable[[UnitOfWork, AccessScope, Sequence[Values]], Awaitable[Sequence[CompletedRow | RowFault]]]
    refused: Callable[[Connection, Sequence[Values]], Awaitable[Mapping[int, RowFault]]]
    says_nothing: Callable[[Values], bool]
    lines: Callable[[Values, AccessScope], Iterable[dict[str, str]]]
