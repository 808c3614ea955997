"""Reading templates."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.centres.questions.report_templates import domain
from services.centres.questions.report_templates.record import ReportTemplate
from services.centres.questions.report_templates.tables import report_template
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.filters import one_of, values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of, records_of

_t = report_template.c
LISTING = listing(
    ReportTemplate,
    report_template,
    domain.LIFECYCLE.states,
    by_itself(report_template, domain.PUBLISHED),
    values("kind", _t.kind, "Kinds of forms, separated by commas", one_of(domain.KINDS)),
)
_active = select(report_template).where(_t.kind == bindparam("kind"), _t.status == constant("active")).limit(1)
_ACTIVE = Lookup(_active)
_LOCK_ACTIVE = Statement(_active.with_for_update())
_PUBLISHED = Lookup(
    select(report_template)
    .where(_t.kind == bindparam("kind"), _t.status.in_([constant(status) for status in sorted(domain.PUBLISHED)]))
    .order_by(_t.id.desc())
    .limit(200)
)
_GET = Lookup(select(report_template).where(_t.id == bindparam("key", type_=Uuid)).limit(1))


async def active(connection: Connection, kind: str) -> ReportTemplate | None:
    """The template in force for this kind, regardless of the caller."""
    row = await _ACTIVE.fetchrow(connection, kind=kind)
    return record_of(ReportTemplate, row) if row else None


async def lock_active(connection: Connection, kind: str) -> ReportTemplate | None:
    """The same, locked; within the caller's context."""
    row = await _LOCK_ACTIVE.fetchrow(connection, kind=kind)
    return record_of(ReportTemplate, row) if row else None


async def published(connection: Connection, kind: str) -> list[ReportTemplate]:
    """The templates of this kind that are or were in force, the newest first, regardless of the caller."""
    return records_of(ReportTemplate, await _PUBLISHED.fetch(connection, kind=kind))


async def get(connection: Connection, key: UUID) -> ReportTemplate | None:
    """The template, regardless of the caller."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(ReportTemplate, row) if row else None
