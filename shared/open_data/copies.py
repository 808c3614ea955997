"""Finding, recording and removing dated copies. The services share one store of their files."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Date, Text, any_, bindparam, delete, exists, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.bulk.store import FileStore, files_in
from shared.configuration.settings import Settings
from shared.database.context import Lookup
from shared.database.locks import lock_names
from shared.database.statements import Connection, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Unavailable
from shared.open_data.domain import KEPT
from shared.open_data.tables import dataset_copy

_c = dataset_copy.c
_later = dataset_copy.alias("later")
_DAY = bindparam("day", type_=Date)
_IS_OF_SERVICE = _c.service == bindparam("service", type_=Text)
_FILE = (_c.name, _c.day, _c.file_format, _c.sha256, _c.size)
_MOST = 1_000_000
"""More than there are, since a `Lookup` needs a limit."""
_LAST = Lookup(select(func.max(_c.day).label("day")).where(_IS_OF_SERVICE).limit(1))
_days = select(_c.name, _c.day).distinct().where(_IS_OF_SERVICE).order_by(_c.name, _c.day.desc())
_DAYS = Lookup(_days.limit(_MOST))
_is_of_days = _c.day == any_(bindparam("days", type_=ARRAY(Date)))
_OF_DAYS = Lookup(select(*_FILE).where(_IS_OF_SERVICE, _is_of_days).limit(_MOST))
_is_file = (_c.name == bindparam("name", type_=Text), _c.file_format == bindparam("file_format", type_=Text))
_FIND = Lookup(select(*_FILE).where(_IS_OF_SERVICE, _c.day == _DAY, *_is_file).limit(1))
_month: ColumnElement[str] = literal_column("'month'")
_is_of_its_month = func.date_trunc(_month, _later.c.day) == func.date_trunc(_month, _c.day)
_has_later = exists().where(
    _later.c.service == _c.service, _later.c.name == _c.name, _is_of_its_month, _later.c.day > _c.day
)
_REMOVE = Statement(delete(dataset_copy).where(_IS_OF_SERVICE, _c.day < _DAY, _has_later))
_NAMED = Statement(select(_c.sha256).where(_c.sha256 == any_(bindparam("digests", type_=ARRAY(Text)))))
_LOCK = "open_data_copies"


class Copy(NamedTuple):
    """A file of a copy: the dataset, the day, the format, and the digest and size of the file."""

    name: str
    day: date
    file_format: str
    sha256: str
    size: int


def copy_files(settings: Settings) -> FileStore:
    """The store of copies."""
    return files_in(settings, "open_data")


async def last_day(connection: Connection, service: str) -> date | None:
    """The day of the newest copies; None if there are none."""
    found: date | None = await _LAST.fetchval(connection, service=service)
    return found


async def days(connection: Connection, service: str) -> dict[str, list[date]]:
    """The days of the copies of each dataset, newest first."""
    found: dict[str, list[date]] = {}
    for row in await _DAYS.fetch(connection, service=service):
        found.setdefault(row["name"], []).append(row["day"])
    return found


async def of_days(connection: Connection, service: str, wanted: Sequence[date]) -> list[Copy]:
    """All files of the copies of some days."""
    return [Copy(**row) for row in await _OF_DAYS.fetch(connection, service=service, days=wanted)]


async def find(connection: Connection, service: str, name: str, file_format: str, day: date) -> Copy | None:
    """A file of a copy; None if there is none of this day."""
    row = await _FIND.fetchrow(connection, service=service, name=name, file_format=file_format, day=day)
    return None if row is None else Copy(**row)


async def record(uow: UnitOfWork, store: FileStore, service: str, made: Sequence[Copy], at: datetime) -> bool:
    """Records the copies of a day, whose files were stored, and ends those that are not kept any longer. False if there
    are copies of this day already. Raises Unavailable if a file was removed meanwhile."""
    await lock_names(uow.connection, _LOCK)
    last = await last_day(uow.connection, service)
    if last is not None and last >= at.date():
        return False
    for copy in made:
        if await store.size(copy.sha256) != copy.size:
            raise Unavailable("A file of open data was removed before its copy was recorded.")
        uow.append(dataset_copy, service=service, **copy._asdict(), made_at=at)
    await uow.flush()
    await _REMOVE.execute(uow.connection, service=service, day=at.date() - KEPT)
    return True


async def remove_unnamed(uow: UnitOfWork, store: FileStore, before: datetime) -> None:
    """Removes files that were last stored before an instant and are of no copy."""
    await lock_names(uow.connection, _LOCK)
    digests = await store.digests_before(before)
    named = {row["sha256"] for row in await _NAMED.fetch(uow.connection, digests=digests)}
    for digest in digests:
        if digest not in named:
            await store.remove_before(digest, before)
