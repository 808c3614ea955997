"""Reading datasets: what identifies their present content, and all rows in chunks."""

from collections.abc import AsyncIterator, Collection
from typing import Any

from sqlalchemy import Boolean, Select, Text, and_, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.access import ROLES
from services.actions.open_data.datasets import DATASETS, Dataset
from services.actions.open_data.domain import OPEN_DATA
from shared.bulk.exporting import ROWS_AT_ONCE
from shared.database.statements import Connection, Row, Statement
from shared.kernel.principal import ANONYMOUS
from shared.records.access_scope import access_scope_for
from shared.records.columns import as_read

EVERYBODY = access_scope_for(ANONYMOUS, ROLES, OPEN_DATA)
"""What is read of open data, whoever the caller is."""
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


def _state(dataset: Dataset) -> Select[Any]:
    row = func.concat_ws(" ", *(cast(column, Text) for column in dataset.state))
    each = func.hashtextextended(row, 0)
    return _of_countries(dataset, select(func.count().label("rows"), func.bit_xor(each).label("state")))


_ROWS = {name: Statement(_rows(dataset)) for name, dataset in DATASETS.items()}
_STATES = {name: Statement(_state(dataset)) for name, dataset in DATASETS.items()}


async def state_of(connection: Connection, dataset: Dataset, countries: Collection[str], common: bool) -> str:
    """A text that differs whenever a row does, of these countries, and with `common` of none."""
    statement = _STATES[dataset.name]
    row = await statement.fetchrow(connection, countries=list(countries), common=common)
    return f"{row['rows']:x}.{(row['state'] or 0) & _UNSIGNED:016x}" if row else ""


async def rows_of(
    connection: Connection, dataset: Dataset, countries: Collection[str], common: bool
) -> AsyncIterator[list[Row]]:
    """The same rows in their order, in chunks from a server-side cursor."""
    statement = _ROWS[dataset.name]
    arguments = statement.arguments({"countries": list(countries), "common": common})
    cursor = await connection.cursor(statement.sql, *arguments)
    while rows := await cursor.fetch(ROWS_AT_ONCE):
        yield rows
