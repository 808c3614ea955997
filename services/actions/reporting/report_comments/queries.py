"""Reading comments: for grants that cover the country or the report; for whom sections are delegated to, those on these
sections."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Select, Text, Uuid, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.access import without_delegation
from services.actions.reporting.delegations.queries import is_delegated
from services.actions.reporting.report_comments.domain import LIFECYCLE
from services.actions.reporting.report_comments.record import ReportComment
from services.actions.reporting.report_comments.tables import comment
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.kernel.principal import READ
from shared.records.access_scope import AccessKind, AccessScope, constant
from shared.records.filters import Filter, values
from shared.records.listing import truth
from shared.records.plain import by_grant, listing

_c = comment.c
_TEXTS = ARRAY(Text)


def _visible(access_kind: AccessKind) -> Select[Any]:
    query = select(comment).where(by_grant(comment, _c.report_id, access_kind))
    if access_kind in (AccessKind.EVERYWHERE, AccessKind.ANONYMOUS):
        return query
    return query.where(
        or_(
            _c.country == any_(bindparam("granted_countries", type_=_TEXTS)),
            cast(_c.report_id, Text) == any_(bindparam("whole_reports", type_=_TEXTS)),
            is_delegated(_c.report_id, _c.section),
        )
    )


def _parameters_of(access: AccessScope) -> Mapping[str, Any]:
    """With the reports of which the caller reads all comments, and the accounts that sections are delegated to."""
    principal = access.principal
    whole = without_delegation(principal).permission_scope(access.roles, access.resource.name, READ)
    return {**access.parameters, "whole_reports": sorted(whole.records), "accounts": list(principal.identities)}


LISTING = replace(
    listing(
        ReportComment,
        comment,
        LIFECYCLE.states,
        _visible,
        values("section", _c.section, "Keys of sections, separated by commas"),
        Filter("must_answer", "true or false", truth, lambda bound: _c.must_answer == bound),
    ),
    parameters_of=_parameters_of,
)
_numbers: tuple[ColumnElement[Any], ...] = (
    func.count().label("open"),
    func.coalesce(func.bool_or(_c.must_answer), False, type_=Boolean).label("blocks"),
)
_unresolved = (
    select(*_numbers).where(_c.report_id == bindparam("report", type_=Uuid), _c.status != constant("resolved")).limit(1)
)
_OPEN = Lookup(_unresolved)


class OpenComments(NamedTuple):
    """How many comments of a report are not resolved, and whether one of them must be."""

    number: int
    are_to_be_answered: bool


async def open_comments(connection: Connection, report: UUID) -> OpenComments:
    """The unresolved comments of a report, regardless of the caller."""
    row = await _OPEN.fetchrow(connection, report=report)
    return OpenComments(row["open"], row["blocks"]) if row else OpenComments(0, are_to_be_answered=False)
