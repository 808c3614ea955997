"""Erases what a service stores about a person, by its catalogue of personal data, and reports it.

    SEATS = ErasableRows(PARTS["seats"], "t.expert_id = ANY($1)")

    rows = await erase(uow, {"seats": SEATS}, [expert])

Membership announces that an expert is being erased. Each service then erases its rows and adds a report, one for each
person (`reporting`). Nothing here stores a value of the person.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, Text, Uuid, any_, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from shared.contracts import views
from shared.contracts.envelope import Fact
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import SCHEMA, document, instant, metadata, table
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce
from shared.records.changes import record_change
from shared.records.personal import PersonalTable, ToReview
from shared.records.record import Record, fields_of, json_fields
from shared.records.resource_type import ResourceType

ERASE = "erase"
"""The verb in the history of what was erased."""
report = table(
    "core_erasure_report",
    Column("subject", Uuid, primary_key=True),
    Column("service", Text, primary_key=True),
    document("rows"),
    document("review"),
    instant("reported_at"),
)
"""What a service reports about an erased expert: the number of rows by part, and what a person has to look at."""
_REPORTED: dict[str, Any] = {name: bindparam(name) for name in ("subject", "service", "rows", "review")}
_ADD = Statement(
    insert(report)
    .values(**_REPORTED, reported_at=func.now())
    .on_conflict_do_nothing(index_elements=[report.c.subject, report.c.service])
)
_of_subjects = report.c.subject == any_(bindparam("subjects", type_=ARRAY(Uuid)))
_REPORTS = Statement(select(*report.c).where(_of_subjects).order_by(report.c.service, report.c.subject))
_DELETE = Statement(delete(report).where(_of_subjects))
_PERSON = Statement(select(*views.EXPERTS.c).where(views.EXPERTS.c.id == bindparam("expert")))


@dataclass(frozen=True)
class ErasableRows:
    """The rows of a table about a person. `condition` finds them in the table `t` by the ids `$1` of the person's
    records. `values` are SQL expressions of columns that do not become empty. Each change of a record has an audit
    entry without values and, if it is not deleted, this `fact`; `is_recorded`: whether it has. `named`: the resource,
    if it is another one than that of the table."""

    entry: PersonalTable
    condition: str
    values: Mapping[str, str] = field(default_factory=dict)
    fact: str = "updated"
    is_recorded: bool = True
    named: Resource | None = None

    @property
    def table(self) -> Table:
        return metadata.tables[f"{SCHEMA}.{self.entry.name}"]

    @cached_property
    def resource(self) -> Resource | None:
        """The resource whose records the table holds. None for other rows. Raises KeyError for a table of a service
        that no module has declared."""
        if self.named is not None:
            return self.named
        held = self.table if not self.entry.name.startswith("core_") else None
        record: type[Record] | None = held.info.get("record") if held is not None and self.is_recorded else None
        return None if record is None else record.resource_type

    @cached_property
    def emptied(self) -> Mapping[str, str]:
        """The SQL expressions of the columns that an erasure changes. Raises KeyError for a column that has no empty
        value: it is to be retained or in `values`."""
        empty = {
            name: _empty(self.table, name)
            for name in self.entry.columns
            if name not in self.entry.retained and name not in self.values
        }
        return {**empty, **self.values}

    @cached_property
    def lock_sql(self) -> str:
        """Locks the rows that contain something."""
        names = ", ".join(f't."{name}"' for name in self.emptied)
        empty = ", ".join(self.emptied.values())
        return (
            f"SELECT t.* FROM {self.table.fullname} t WHERE {self.condition}"  # noqa: S608
            f" AND ROW({names}) IS DISTINCT FROM ROW({empty}) ORDER BY t.id FOR UPDATE"
        )

    @cached_property
    def empty_sql(self) -> str:
        """Empties the rows with the ids `$1` of their own."""
        columns = {**self.emptied}
        if "version" in self.table.c:
            columns |= {"version": "t.version + 1", "updated_at": "now()", "updated_by": "'system'"}
        changed = ", ".join(f'"{name}" = {value}' for name, value in columns.items())
        return f"UPDATE {self.table.fullname} t SET {changed} WHERE t.id = ANY($1) RETURNING t.*"  # noqa: S608

    @cached_property
    def delete_sql(self) -> str:
        """Deletes the rows."""
        return f"DELETE FROM {SCHEMA}.{self.entry.name} t WHERE {self.condition} RETURNING t.*"  # noqa: S608


def _empty(of: Table, name: str) -> str:
    """The SQL of the empty value of a column."""
    column = of.c[name]
    if column.nullable:
        return "NULL"
    record: type[Record] | None = of.info.get("record")
    if isinstance(column.type, JSONB):
        is_object = record is None or name not in json_fields(record) or fields_of(record)[name].stored is Mapping
        return "'{}'::jsonb" if is_object else "'[]'::jsonb"
    if isinstance(column.type, ARRAY):
        return "'{}'"
    return {str: "''", bool: "false"}[column.type.python_type]


async def erase(uow: UnitOfWork, parts: Mapping[str, ErasableRows], ids: Sequence[UUID]) -> dict[str, int]:
    """Empties or deletes the rows about the person with these ids. Returns the number of rows by part; without any, the
    part is absent. May be repeated."""
    counts = {
        name: await (_empty_rows if rows.entry.retained else delete_rows)(uow, rows, ids)
        for name, rows in parts.items()
    }
    return {name: count for name, count in counts.items() if count}


async def delete_rows(
    uow: UnitOfWork, rows: ErasableRows, ids: Sequence[UUID], action: str = ERASE, reason: str | None = None
) -> int:
    """Deletes the rows about the records with these ids. Returns their number. `action` names it in the history."""
    deleted = await uow.connection.fetch(rows.delete_sql, ids)
    for row in deleted if rows.resource else ():
        _record_change(uow, rows, row, {**row, "version": row["version"] + 1}, "deleted", action, reason)
    return len(deleted)


async def _empty_rows(uow: UnitOfWork, rows: ErasableRows, ids: Sequence[UUID]) -> int:
    before = {row["id"]: row for row in await uow.connection.fetch(rows.lock_sql, ids)} if rows.emptied else {}
    if before:
        for after in await uow.connection.fetch(rows.empty_sql, list(before)):
            if rows.resource:
                _record_change(uow, rows, before[after["id"]], after, rows.fact)
    return len(before)


def _record_change(
    uow: UnitOfWork,
    rows: ErasableRows,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    fact: str,
    action: str = ERASE,
    reason: str | None = None,
) -> None:
    """An entry that has no value of the person, and a fact."""
    if rows.resource is not None:
        record_change(uow, rows.resource, action, before=before, after=after, fields=(), fact=fact, reason=reason)


async def person_of(connection: Connection, expert: UUID) -> Row | None:
    """The published row of an expert who is being erased, which has the name and the account until all have
    reported."""
    return await _PERSON.fetchrow(connection, expert=expert)


def reporting(
    fact: str,
    act: Callable[[UnitOfWork, UUID], Awaitable[Mapping[str, int]]],
    texts: Sequence[tuple[ResourceType[Any, Any], Sequence[str]]] = (),
) -> Callable[[UnitOfWork, UUID], Awaitable[None]]:
    """The reaction of a service to an expert who is being erased: `act` erases and returns the number of rows by part.
    The report also lists the columns in `texts` that contain the person's name. `fact` announces it."""

    async def react(uow: UnitOfWork, expert: UUID) -> None:
        person = await person_of(uow.connection, expert)
        if person is None:
            return
        name = person["display_name"]
        review = [one for kind, columns in texts for one in await _naming(uow.connection, kind, name, columns)]
        await store_report(uow, fact.split(".")[1], expert, await act(uow, expert), review)
        announce(
            uow,
            Fact(
                type=fact,
                subject=expert,
                ref=person["ref"],
                version=person["version"],
                country=person["country"],
                visibility="restricted",
                link=f"/membership/v1/experts/{expert}",
            ),
        )

    return react


async def _naming(
    connection: Connection, kind: ResourceType[Any, Any], name: str, columns: Sequence[str]
) -> list[ToReview]:
    """The columns of records that contain a name, in any case. Reads the whole table."""
    found: list[ToReview] = []
    for column in columns if name else ():
        condition = f"position(lower($1) IN lower(t.{column}::text)) > 0"
        query = f"SELECT t.id FROM {kind.table.fullname} t WHERE {condition} ORDER BY t.id"  # noqa: S608
        rows = await connection.fetch(query, name)
        found += [{"link": kind.resource.link(row["id"]), "field": column} for row in rows]
    return found


async def store_report(
    uow: UnitOfWork, service: str, subject: UUID, rows: Mapping[str, int], review: Sequence[ToReview]
) -> None:
    """Stores what a service has erased. The first report of a service stays."""
    await _ADD.execute(uow.connection, subject=subject, service=service, rows=dict(rows), review=list(review))


async def reports_of(connection: Connection, subjects: Sequence[UUID]) -> list[Row]:
    """The reports about these experts."""
    return await _REPORTS.fetch(connection, subjects=subjects)


async def delete_reports(connection: Connection, subjects: Sequence[UUID]) -> None:
    """Deletes the reports about these experts."""
    await _DELETE.execute(connection, subjects=subjects)
