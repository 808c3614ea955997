"""The open data of a service: what identifies the present content of each dataset, and all rows in chunks."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Boolean, Select, Text, and_, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.bulk.exporting import ROWS_AT_ONCE
from shared.database.statements import Connection, Row, Statement
from shared.kernel.principal import ANONYMOUS, RoleTable
from shared.open_data.datasets import Dataset
from shared.open_data.domain import resource_of
from shared.records.access_scope import access_scope_for
from shared.records.columns import as_read

_UNSIGNED = (1 << 64) - 1


def _of_countries(dataset: Dataset, query: Select[Any]) -> Select[Any]:
    """The rows of these countries, and with `common` those of none."""
    query = query.where(dataset.where)
    if dataset.country is None:
        return query
    of_none = and_(dataset.country.is_(None), bindparam("common", type_=Boolean))
    return query.where(or_(dataset.country == any_(bindparam("countries", type_=ARRAY(Text))), of_none))


def _rows(dataset: Dataset) -> Select[Any]:
    columns = (as_read(column).label(name) for name, column in dataset.columns.items())
    return _of_countries(dataset, select(*columns)).order_by(*dataset.order)


def state_of(columns: Iterable[ColumnElement[Any]]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The number of rows, and a number that differs whenever one of these columns does in any row."""
    row = func.concat_ws(" ", *(cast(column, Text) for column in columns))
    return func.count(), func.bit_xor(func.hashtextextended(row, 0))


def _state(dataset: Dataset) -> Select[Any]:
    named: Iterable[ColumnElement[Any]] = map(ColumnElement.label, state_of(dataset.state), ("rows", "state"))
    return _of_countries(dataset, select(*named))


class OpenData:
    """The datasets of a service by name, in their order. `everybody` is what is read of them, whoever the caller is."""

    def __init__(self, service: str, roles: RoleTable, datasets: Iterable[Dataset]) -> None:
        self.resource = resource_of(service)
        self.roles = roles
        self.datasets: Mapping[str, Dataset] = {one.name: one for one in datasets}
        self.everybody = access_scope_for(ANONYMOUS, roles, self.resource)
        self._rows = {name: Statement(_rows(dataset)) for name, dataset in self.datasets.items()}
        self._states = {name: Statement(_state(dataset)) for name, dataset in self.datasets.items()}

    async def state(self, connection: Connection, name: str, countries: Collection[str], common: bool) -> str:
        """A text that differs whenever a row does, of these countries, and with `common` of none."""
        row = await self._states[name].fetchrow(connection, countries=list(countries), common=common)
        return f"{row['rows']:x}.{(row['state'] or 0) & _UNSIGNED:016x}" if row else ""

    async def rows(
        self, connection: Connection, name: str, countries: Collection[str], common: bool
    ) -> AsyncIterator[list[Row]]:
        """The same rows in their order, in chunks from a server-side cursor."""
        statement = self._rows[name]
        arguments = statement.arguments({"countries": list(countries), "common": common})
        cursor = await connection.cursor(statement.sql, *arguments)
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            yield rows
