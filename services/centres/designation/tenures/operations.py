"""Writing changes of centres: the step `change`, what it leaves of the former value, and changes on a later day."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, func, insert

from services.centres.access import CHANGING
from services.centres.designation.centres.domain import CHANGE, CentreGuardContext, ChangeFault
from services.centres.designation.centres.operations import CENTRES
from services.centres.designation.centres.record import Centre
from services.centres.designation.tenures import domain, queries
from services.centres.designation.tenures.domain import Change
from services.centres.designation.tenures.tables import tenure
from services.centres.references import note_holder, require_experts, require_institutions
from shared.database.ids import uuid7
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digests
from shared.records.requirements import permitted
from shared.records.resource_type import TransitionRequest
from shared.records.rows import with_columns

_given: Mapping[str, object] = {column.key: bindparam(column.key) for column in tenure.c if column.key != "recorded_at"}
_INSERT = Statement(insert(tenure).values({**_given, "recorded_at": func.now()}))


async def change(uow: UnitOfWork, access: AccessScope, before: Centre, requested: TransitionRequest) -> Centre:
    """Changes one thing of a centre, today or on a later day. The former value stays with its days. A pending change
    of the same thing is replaced; the present value takes it back.

    Raises what `Lifecycle.advance` raises, Forbidden for what the caller's role does not change, Invalid for fields
    that are no change, a day out of bounds and a reference that the caller may not know of.
    """
    may, fields = _may_change(access, before, requested.fields), requested.fields
    guard_context = CentreGuardContext(today=today(), change=await _fault(uow, before, fields))
    CENTRES.lifecycle.advance(before.status, CHANGE, guard_context, may, reason=requested.reason, fields=fields)
    wanted = domain.change_of(fields)
    since = await _require_day(uow, before, wanted)
    await require_experts(uow, {"/fields/director_id": _new_id(before, wanted, "director_id")})
    await require_institutions(uow, {"/fields/host_institution_id": _new_id(before, wanted, "host_institution_id")})
    (document,) = await with_digests(uow, {"/fields/document": wanted.document}, is_final=True)
    wanted = replace(wanted, document=document)
    is_made, is_today = wanted.is_made(before), wanted.effective <= today()
    if is_made:
        after = domain.without_pending(before, wanted.of)
        if after == before:
            raise invalid_field(f"/fields/{next(iter(wanted.values))}", "invalid_value", "This is the present value.")
    else:
        after = _changed(before, wanted) if is_today else domain.postponed(before, wanted)
    is_changed = is_today and not is_made
    made = await CENTRES.apply_transition(
        uow, before, requested, guard_context, may, lambda _target: after, fact=wanted.fact if is_changed else None
    )
    if is_changed:
        await note_holder(uow, before.director_id)
        await _append(uow, before, wanted, since)
    return made


async def apply_due(uow: UnitOfWork) -> None:
    """Makes the changes whose day has come. A new host without an agreement any more is discarded."""
    for before in await queries.lock_due(uow.connection, today()):
        wanted = domain.pending_of(before)
        if wanted is None:
            continue
        host = domain.named_host(wanted.values)
        if host is not None and not await queries.is_agreed_with(uow.connection, before.id, host, wanted.effective):
            await CENTRES.write(uow, "discard_change", before, replace(before, pending_change=None), fact="updated")
            continue
        await CENTRES.write(uow, CHANGE, before, _changed(before, wanted), fact=wanted.fact)
        await note_holder(uow, before.director_id)
        if not wanted.is_made(before):
            await _append(uow, before, wanted, await queries.since(uow.connection, before.id, wanted.of))


def _may_change(access: AccessScope, before: Centre, fields: Fields) -> Callable[[str], bool]:
    """Whether the caller may request a verb: each thing that changes has its own roles."""
    may, resource = permitted(access, before), access.resource.name

    def may_change(verb: str) -> bool:
        named = domain.subjects_of(fields) if verb == CHANGE else []
        scopes = (access.principal.permission_scope(CHANGING[one], resource, CHANGE) for one in named)
        return may(verb) and all(scope.covers(before.country, before.id) for scope in scopes)

    return may_change


async def _fault(uow: UnitOfWork, before: Centre, fields: Fields) -> ChangeFault | None:
    """Why the change cannot be made: nothing is agreed with the new host, or another change waits for its day."""
    host, effective = domain.named_host(fields), given(fields, "effective", date) or today()
    is_new = host is not None and host != before.host_institution_id
    if host and is_new and not await queries.is_agreed_with(uow.connection, before.id, host, max(effective, today())):
        return "agreement_missing"
    pending = domain.pending_of(before)
    is_other = pending is not None and pending.of not in domain.subjects_of(fields)
    return "change_pending" if is_other and effective > today() else None


async def _require_day(uow: UnitOfWork, before: Centre, wanted: Change) -> date:
    """The first day of the present value. Raises Invalid for a change before it, before the term, or too far ahead. A
    term that begins later does not hold up a change of today."""
    since = await queries.since(uow.connection, before.id, wanted.of) or wanted.effective
    earliest = min(max(since, before.term_starts or since), today())
    domain.require_day(wanted.effective, earliest, today())
    return since


def _changed(before: Centre, wanted: Change) -> Centre:
    return domain.changed(with_columns(before, dict(wanted.values)), wanted)


def _new_id(before: Centre, wanted: Change, name: str) -> UUID | None:
    value = wanted.values.get(name)
    return value if isinstance(value, UUID) and value != getattr(before, name) else None


async def _append(uow: UnitOfWork, before: Centre, made: Change, since: date | None) -> None:
    """Appends the former value of what has changed."""
    starts = min(since or made.effective, made.effective)
    columns = domain.SUBJECTS[made.of].columns
    former = {name: getattr(before, name) if name in columns else None for name in domain.COLUMNS}
    await _INSERT.execute(
        uow.connection,
        id=uuid7(),
        centre_id=before.id,
        country=before.country,
        visibility="restricted",
        changed=made.of,
        **former,
        starts=starts,
        ends=domain.last_day(starts, made.effective),
        replaced_on=made.effective,
        document=made.document,
    )
