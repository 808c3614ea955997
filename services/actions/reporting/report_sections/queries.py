"""Reading the sections of one report. The callers of these functions check that the caller may know of the report."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, insert, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.measurement.results.tables import result
from services.actions.plan.milestones.tables import milestone
from services.actions.reporting.report_sections.record import ReportSection
from services.actions.reporting.report_sections.tables import section
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.records.columns import as_read
from shared.records.rows import columns_of, record_of, records_of

MOST = 5_000
"""Most sections of a report."""
_MOST_NAMED = 2_000
_s = section.c
_of_report = _s.report_id == bindparam("report", type_=Uuid)
_is_named = (
    _of_report,
    _s.key == bindparam("key", type_=Text),
    _s.item.is_not_distinct_from(bindparam("item", type_=Text)),
)
_OF_REPORT = Lookup(select(section).where(_of_report).order_by(_s.position, _s.id).limit(MOST))
_READ = Lookup(select(*(as_read(column) for column in section.c)).where(*_is_named).limit(1))
_LOCK = Statement(select(section).where(*_is_named).with_for_update())
_STAMPS = ("version", "created_at", "created_by", "updated_at", "updated_by")
_INSERT = Statement(insert(section).values({column.key: bindparam(column.key) for column in _s if column.key != "ref"}))
_named = any_(bindparam("ids", type_=ARRAY(Uuid)))
_KNOWN = Lookup(
    union_all(
        *(
            select(of.c.id, literal_column(f"'{kind}'", Text).label("kind")).where(
                of.c.id == _named, of.c.country == bindparam("country")
            )
            for kind, of in (("results", result), ("milestones", milestone))
        )
    )
    .subquery("known")
    .select()
    .limit(_MOST_NAMED)
)


async def of_report(connection: Connection, report: UUID) -> list[ReportSection]:
    """The sections of a report in their order."""
    return records_of(ReportSection, await _OF_REPORT.fetch(connection, report=report))


async def read(connection: Connection, report: UUID, key: str, item: str | None) -> Row | None:
    """One section of a report with documents as text."""
    return await _READ.fetchrow(connection, report=report, key=key, item=item)


async def lock(connection: Connection, report: UUID, key: str, item: str | None) -> ReportSection | None:
    """One section of a report, locked; None if the context may not write it."""
    row = await _LOCK.fetchrow(connection, report=report, key=key, item=item)
    return record_of(ReportSection, row) if row else None


async def insert_all(uow: UnitOfWork, sections: Sequence[ReportSection]) -> None:
    """Inserts the sections of a new report at version 1. The history of the report shows that it was made."""
    instant, actor = now(), uow.origin.actor.label
    made = dict(zip(_STAMPS, (1, instant, actor, instant, actor), strict=True))
    rows = [_INSERT.arguments({**columns_of(one), **made}) for one in sections]
    await uow.connection.executemany(_INSERT.sql, rows)


async def known_records(connection: Connection, country: str, keys: Collection[UUID]) -> dict[str, set[str]]:
    """Which of these are results of the country, and which are milestones, as texts by type of question."""
    found: dict[str, set[str]] = {"results": set(), "milestones": set()}
    for row in await _KNOWN.fetch(connection, ids=list(keys), country=country):
        found[row["kind"]].add(str(row["id"]))
    return found
