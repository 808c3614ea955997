"""Whom targets and results are about: a country, one of its actions, or one of its centres."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import bindparam, select

from services.actions.classification.codes.operations import require_known as require_known_codes
from services.actions.measurement.indicators import queries as indicators
from services.actions.measurement.indicators.domain import PUBLISHED as INDICATORS_PUBLISHED
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.periods import queries as periods
from services.actions.measurement.periods.record import Period
from services.actions.measurement.subjects.domain import codes_of_schemes
from services.actions.measurement.subjects.record import Part, Subject
from services.actions.plan.actions.domain import PUBLISHED
from services.actions.plan.actions.queries import action_of
from services.actions.plan.actions.record import Action
from shared.contracts import views
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Conflict, invalid_field, pointer_to, unknown_reference
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_CENTRES, require_known
from shared.records.rows import with_columns

R = TypeVar("R", bound=Subject)
_CENTRE = Statement(select(views.CENTRES.c.country).where(views.CENTRES.c.id == bindparam("key")))


async def with_country(uow: UnitOfWork, access: AccessScope, new: R) -> R:
    """The record with the country of its action or centre. Raises Invalid `one_subject` unless it names exactly one
    subject, `unknown_reference` for one that the caller may not know of."""
    if sum(one is not None for one in (new.country, new.action_id, new.centre_id)) != 1:
        raise invalid_field("/country", "one_subject", "Exactly one of country, action_id and centre_id.")
    if new.action_id is not None:
        action = await action_of(uow.connection, access.context, new.action_id)
        of = require_known(access.principal, action, Action.resource_type, PUBLISHED, "/action_id")
        return with_columns(new, {"country": of.country})
    if new.centre_id is not None:
        await NAMED_CENTRES.require(uow, {"/centre_id": new.centre_id})
        return with_columns(new, {"country": await _CENTRE.fetchval(uow.connection, key=new.centre_id)})
    return new


def kind_of(record: Subject) -> str:
    """`country`, `action` or `centre`."""
    return "action" if record.action_id else "centre" if record.centre_id else "country"


async def active_indicator(uow: UnitOfWork, access: AccessScope, record: Subject) -> Indicator:
    """The indicator of a new record, which stays as it is until the transaction ends.

    Raises Invalid for one that the caller may not know of or that another kind of subject reports, Conflict
    `indicator_not_active`.
    """
    found = await indicators.lock_shared(uow.connection, record.indicator_id)
    known = require_known(access.principal, found, Indicator.resource_type, INDICATORS_PUBLISHED, "/indicator_id")
    if known.country not in (None, record.country):
        raise unknown_reference("/indicator_id", "indicator in the country")
    if known.reported_by != kind_of(record):
        raise invalid_field("/indicator_id", "subject_mismatch", "Another kind of subject reports the indicator.")
    return _require_active(known)


async def stored_indicator(uow: UnitOfWork, record: Subject) -> Indicator:
    """The indicator of a stored record, whoever changes it. Raises Conflict `indicator_not_active`."""
    return _require_active(await indicators.lock_shared(uow.connection, record.indicator_id))


def _require_active(found: Indicator | None) -> Indicator:
    if found is None or found.status != "active":
        raise Conflict("The indicator is not active.", code="indicator_not_active")
    return found


async def require_known_parts(
    uow: UnitOfWork, of: Indicator, wanted: Sequence[Part], before: Sequence[Part] = ()
) -> None:
    """Checks the codes of schemes in the parts of a record, except those that it had before: the current edition has
    the code; a scheme without one is free text. Raises Invalid `unknown_code` with a pointer to each other code."""
    kept = {code for _, _, code in codes_of_schemes((part["dimensions"] for part in before), of)}
    named = {
        pointer_to("breakdown", place, "dimensions", key): code
        for place, key, code in codes_of_schemes((part["dimensions"] for part in wanted), of)
        if code not in kept
    }
    await require_known_codes(uow, named)


async def period_of(uow: UnitOfWork, key: UUID, of: Indicator) -> Period:
    """The period, whose state stays until the transaction ends. Raises Invalid for none, or one of another framework
    than the indicator's."""
    found = await periods.lock_shared(uow.connection, key)
    if found is None:
        raise unknown_reference("/period_id", "period")
    if of.framework is not None and found.framework != of.framework:
        raise invalid_field("/period_id", "period_mismatch", "The period is of another framework.")
    return found
