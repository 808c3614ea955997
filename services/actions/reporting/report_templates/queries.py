"""Reading templates of progress reports."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from services.actions.reporting.report_templates import domain
from services.actions.reporting.report_templates.record import ReportTemplate
from services.actions.reporting.report_templates.tables import report_template
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.records.access_scope import constant
from shared.records.filters import values
from shared.records.plain import by_itself, listing
from shared.records.rows import record_of

_t = report_template.c
LISTING = listing(
    ReportTemplate,
    report_template,
    domain.LIFECYCLE.states,
    by_itself(report_template, domain.PUBLISHED),
    values("framework", _t.framework, "Codes of frameworks, separated by commas"),
)
_active = (
    select(report_template).where(_t.framework == bindparam("framework"), _t.status == constant("active")).limit(1)
)
_ACTIVE = Lookup(_active)
_LOCK_ACTIVE = Statement(_active.with_for_update())
_GET = Lookup(select(report_template).where(_t.id == bindparam("key", type_=Uuid)).limit(1))


async def active(connection: Connection, framework: str) -> ReportTemplate | None:
    """The template in force for a framework, regardless of the caller."""
    row = await _ACTIVE.fetchrow(connection, framework=framework)
    return record_of(ReportTemplate, row) if row else None


async def lock_active(connection: Connection, framework: str) -> ReportTemplate | None:
    """The same, locked; within the caller's context."""
    row = await _LOCK_ACTIVE.fetchrow(connection, framework=framework)
    return record_of(ReportTemplate, row) if row else None


async def get(connection: Connection, key: UUID) -> ReportTemplate | None:
    """The template, regardless of the caller."""
    row = await _GET.fetchrow(connection, key=key)
    return record_of(ReportTemplate, row) if row else None
