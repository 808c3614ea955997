"""Makes the grants of an office match it.

Each source has at most one active and one proposed grant, identified by the `reason` that names the source and by the
system as the granter. The present state of the source decides, so late, early and repeated facts have no further
effect. If a principal caused a role that they may not grant, it waits as a proposed grant until a permitted principal
confirms or revokes it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.access.access import WantedGrant
from services.access.authority.grants.authority import wanted_by
from services.access.authority.grants.operations import GRANTS, end_delegated, insert, revoke
from services.access.authority.grants.queries import has_set_credentials
from services.access.authority.grants.record import Grant
from services.access.authority.grants.tables import grant
from services.access.authority.offices.causes import Cause, Trail, causes_of, merges_to_account, were_entitled
from shared.contracts import views
from shared.database.locks import lock_names
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.principal import SYSTEM, Principal, PrincipalKind
from shared.records.rows import records_of

_LIVING = Statement(
    select(grant)
    .where(
        grant.c.reason == any_(bindparam("sources", type_=ARRAY(Text))),
        grant.c.created_by == SYSTEM.label,
        or_(grant.c.status == "proposed", grant.c.status == "active"),
    )
    .order_by(grant.c.id)
    .with_for_update()
)
_TAKEN_BACK = Statement(
    select(func.max(grant.c.updated_at)).where(
        grant.c.reason == bindparam("source"),
        grant.c.created_by == SYSTEM.label,
        grant.c.status == "revoked",
        grant.c.updated_by != SYSTEM.label,
        grant.c.principal_id == bindparam("account"),
        grant.c.role == bindparam("role"),
    )
)
"""When the role that the source gives was last revoked."""
_held = views.GRANTS.c
_HELD = Statement(
    select(func.count()).where(
        _held.principal_kind == "account",
        _held.principal_id == bindparam("account"),
        _held.role == bindparam("role"),
        _held.scope_kind == bindparam("scope_kind"),
        _held.scope_id == bindparam("scope_id"),
        _held.delegated_from.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Office:
    """What a source gives now: the account, the role, its scope and its period. `invited_in` and `delegated_in` are the
    country in which whoever invites or delegates may give the role."""

    account: UUID
    role: str
    scope_kind: str
    scope_id: str
    starts: date
    ends: date | None = None
    expert: UUID | None = None
    invited_in: str | None = None
    delegated_in: str | None = None
    record: UUID | None = None
    """The record whose trail shows who caused the office, if it is not the source."""
    handed_over_by: UUID | None = None
    """The account that had the office before, if it hands it over or has left it."""

    @property
    def wanted(self) -> WantedGrant:
        return WantedGrant(self.role, self.scope_kind, self.scope_id, "account", self.account)

    @property
    def caused(self) -> WantedGrant:
        """What whoever caused the office gives by it."""
        return replace(self.wanted, invited_in=self.invited_in, delegated_in=self.delegated_in)

    def outlasts(self, present: Grant) -> bool:
        """Whether the office ends later than a grant."""
        return present.ends is not None and (self.ends is None or self.ends > present.ends)


async def update_grants(
    uow: UnitOfWork,
    name: str,
    keys: Sequence[UUID],
    find: Statement,
    office_of: Callable[[Row], Office | None],
    trail: Trail | None = None,
) -> None:
    """Makes the grants of each source match its office: one, or none. Takes advisory locks in the order of the sources
    and then reads everything, so the later of two parallel calls reads the effect of the earlier."""
    sources = {key: f"{name} {key}" for key in keys}
    await lock_names(uow.connection, *sources.values())
    offices = {row["id"]: office_of(row) for row in await find.fetch(uow.connection, keys=keys)}
    living = records_of(Grant, await _LIVING.fetch(uow.connection, sources=list(sources.values())))
    for key, source in sources.items():
        present = [record for record in living if record.reason == source]
        await _reconcile(uow, _Source(source, key, trail), offices.get(key), present)


@dataclass(frozen=True, slots=True)
class _Source:
    """A record that gives an office. Without a trail it names the account that created it, and only a principal who
    gave it that account by a merge needs the permission."""

    name: str
    record: UUID
    trail: Trail | None


async def _reconcile(uow: UnitOfWork, source: _Source, office: Office | None, living: Sequence[Grant]) -> None:
    if office is not None and office.ends is not None and office.ends < office.starts:
        office = None
    present: dict[str, Grant] = {}
    for before in reversed(living):
        if office is not None and before.status not in present and wanted_by(before) == office.wanted:
            present[before.status] = before
        else:
            await _end(uow, before, source.name)
    if office is not None:
        await _give(uow, source, office, present.get("active"), present.get("proposed"))


async def _give(uow: UnitOfWork, source: _Source, office: Office, active: Grant | None, waiting: Grant | None) -> None:
    """Makes the grants of an office match it: active if its causers may grant it, else proposed in addition to the
    present ones."""
    if active is not None and not office.outlasts(active):
        await GRANTS.update(uow, active, replace(active, ends=office.ends))
        entitled = True
    else:
        causes = await _causes(uow, source, office)
        is_own = source.trail is None and not causes
        entitled = is_own or await _are_entitled(uow, source, office, causes)
        if active is not None and entitled:
            await GRANTS.update(uow, active, replace(active, ends=office.ends))
        elif waiting is not None:
            changed = await GRANTS.update(uow, waiting, replace(waiting, ends=office.ends))
            if entitled:
                confirmed = replace(changed, status="active")
                await GRANTS.write(uow, "confirm", changed, confirmed, fact="activated", reason=source.name)
            return
        else:
            await insert(
                uow,
                office.caused,
                confirmed=entitled,
                starts=office.starts,
                ends=office.ends,
                reason=source.name,
                caused_by=causes[0].label if causes else None,
            )
    if waiting is not None and entitled:
        await _end(uow, waiting, source.name)


async def _causes(uow: UnitOfWork, source: _Source, office: Office) -> tuple[Cause, ...]:
    if source.trail is None:
        return await merges_to_account(uow.connection, source.record, office.account)
    return await causes_of(uow.connection, office.record or source.record, office.expert, source.trail)


async def _are_entitled(uow: UnitOfWork, source: _Source, office: Office, causes: Sequence[Cause]) -> bool:
    """Whether the causers of the office may grant its role, and nobody has revoked it since."""
    taken_back: datetime | None = await _TAKEN_BACK.fetchval(
        uow.connection, source=source.name, account=office.account, role=office.role
    )
    if taken_back is not None and any(cause.at <= taken_back for cause in causes[:1]):
        return False
    return await _is_handed_over(uow, office, causes) or await were_entitled(uow.connection, causes, office.caused)


async def _is_handed_over(uow: UnitOfWork, office: Office, causes: Sequence[Cause]) -> bool:
    """Whether the holder of an office hands it over to an account whose credentials they have not set."""
    leaver = office.handed_over_by
    if leaver is None or not causes or any((one.kind, one.actor) != (PrincipalKind.ACCOUNT, leaver) for one in causes):
        return False
    holds = await _HELD.fetchval(
        uow.connection, account=leaver, role=office.role, scope_kind=office.scope_kind, scope_id=office.scope_id
    )
    person = Principal(PrincipalKind.ACCOUNT, leaver)
    return (
        bool(holds)
        and leaver != office.account
        and not await has_set_credentials(uow.connection, person, office.account)
    )


async def _end(uow: UnitOfWork, before: Grant, source: str) -> None:
    await revoke(uow, before, source)
    await end_delegated(uow, before.id)
