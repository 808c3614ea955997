"""Reading delegations: for grants that cover the country or the report."""

from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.reporting.delegations.domain import LIFECYCLE, Assignment
from services.actions.reporting.delegations.record import Delegation
from services.actions.reporting.delegations.tables import delegation
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.principal import PrincipalKind
from shared.records.access_scope import constant
from shared.records.plain import by_whole, listing
from shared.records.rows import records_of

_MOST = 200
"""Most active delegations of a report."""
_d = delegation.c
LISTING = listing(Delegation, delegation, LIFECYCLE.states, by_whole(delegation, _d.report_id))
_active = (_d.report_id == bindparam("report", type_=Uuid), _d.status == constant("active"))
_ASSIGNMENTS = Lookup(select(_d.account_id, _d.sections, _d.due_on).where(*_active).order_by(_d.id).limit(_MOST))
_LOCK_ACTIVE = Statement(select(delegation).where(*_active).order_by(_d.id).with_for_update())
_p = views.PRINCIPALS.c
_ACCOUNT = Statement(select(_p.id).where(_p.kind == constant(PrincipalKind.ACCOUNT), _p.id == bindparam("account")))


def is_delegated(report: ColumnElement[Any], section: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a section of a report is delegated to the caller now. Parameter: `accounts`."""
    accounts = any_(bindparam("accounts", type_=ARRAY(Uuid)))
    return (
        select(_d.id)
        .where(
            _d.report_id == report,
            _d.status == constant("active"),
            _d.account_id == accounts,
            section == any_(_d.sections),
        )
        .exists()
    )


async def assignments(connection: Connection, report: UUID) -> list[Assignment]:
    """Whom the sections of a report are delegated to, regardless of the caller."""
    rows = await _ASSIGNMENTS.fetch(connection, report=report)
    return [Assignment(row["account_id"], frozenset(row["sections"]), row["due_on"]) for row in rows]


async def lock_active(connection: Connection, report: UUID) -> list[Delegation]:
    """The active delegations of a report, locked."""
    return records_of(Delegation, await _LOCK_ACTIVE.fetch(connection, report=report))


async def is_account(connection: Connection, key: UUID) -> bool:
    """Whether there is an active account of this id."""
    return await _ACCOUNT.fetchval(connection, account=key) is not None
