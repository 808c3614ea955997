"""Who caused the state of a record that gives a role, and whether they were permitted to grant the role.

The audit trail of the record shows it: it contains the actor and the fields of every change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from services.access.access import WantedGrant, why_not_grant
from services.access.authority.grants.tables import grant
from shared.audit import details
from shared.audit.tables import audit, audit_key
from shared.contracts import views
from shared.database.statements import Connection, Row, Statement
from shared.kernel.principal import SYSTEM, Grant, Principal, PrincipalKind
from shared.records.access_scope import constant

_MOST_ENTRIES = 1_000
"""Most entries of a record's trail that are read. A role waits if its cause is older."""
_DATES = frozenset(("starts", "ends"))
_TRAIL = Statement(
    select(audit, audit_key.c.salt)
    .select_from(audit.outerjoin(audit_key, audit_key.c.id == audit.c.detail_key))
    .where(audit.c.subject == bindparam("subject"))
    .order_by(audit.c.version.desc(), audit.c.id.desc())
    .limit(_MOST_ENTRIES)
)


def _latest(*actions: str) -> Statement:
    """The latest of these actions on a record."""
    return Statement(
        select(audit.c.at, audit.c.actor_kind, audit.c.actor_id, audit.c.action)
        .where(audit.c.subject == bindparam("record"), audit.c.action.in_([constant(action) for action in actions]))
        .order_by(audit.c.version.desc(), audit.c.id.desc())
        .limit(1)
    )


_ACCOUNT_CHANGE = _latest("merge", "unmerge", "link_account", "claim")
_MERGE = _latest("merge", "link")
_MERGES_TO_ACCOUNT = f"""
WITH RECURSIVE loser AS (
    SELECT id FROM {views.EXPERTS.fullname} WHERE merged_into = $1 AND account_id = $2
    UNION SELECT v.id FROM loser JOIN {views.EXPERTS.fullname} v ON v.merged_into = loser.id AND v.account_id = $2
)
SELECT DISTINCT ON (a.subject) a.at, a.actor_kind, a.actor_id
FROM loser JOIN escm.core_audit a ON a.subject = loser.id AND a.action = 'merge'
ORDER BY a.subject, a.version DESC, a.id DESC
"""  # noqa: S608
"""The merges through which an expert's record came to name an account."""
_principal, _living = views.PRINCIPALS, views.GRANTS
_HELD_THEN = Statement(
    select(
        _principal.c.name,
        _principal.c.sandbox,
        _principal.c.owner_id,
        *(_living.c[name] for name in ("role", "scope_kind", "scope_id", "starts", "ends")),
        *(_living.c[name] for name in ("resources", "verbs", "delegated_from")),
        grant.c.updated_at,
    )
    .select_from(
        _principal.outerjoin(
            _living, and_(_living.c.principal_kind == _principal.c.kind, _living.c.principal_id == _principal.c.id)
        ).outerjoin(grant, grant.c.id == _living.c.id)
    )
    .where(_principal.c.kind == bindparam("kind"), _principal.c.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One action from which a role follows: its actor and its time."""

    kind: PrincipalKind
    actor: UUID | None
    at: datetime

    @property
    def label(self) -> str:
        """The actor in the form of `created_by`."""
        return f"{self.kind}:{self.actor}" if self.actor else str(self.kind)


@dataclass(frozen=True, slots=True)
class Trail:
    """How the trail of a source shows who put somebody into office: the states of the office, and the fields that name
    its holder. `waits_in` is the field in which a change of the holder waits for its day."""

    in_office: frozenset[str]
    holder_fields: frozenset[str]
    waits_in: str | None = None


async def causes_of(connection: Connection, record: UUID, expert: UUID | None, trail: Trail) -> tuple[Cause, ...]:
    """The actions from which a role of this record follows, the decisive one first; empty if the trail does not show
    it.

    The decisive action put the present person into the present office: it entered a state of `in_office`, or it changed
    one of `holder_fields` there; for a change that the schedule made, the action that put it into the field `waits_in`.
    The last change of the dates counts as well. So does the last action since then that may have given the expert
    another account: a merge, the link of an account, or each change of the addresses before a claim. Addresses that the
    expert had at the decisive action belong to it. If the record followed a merge, that merge is the decisive action. A
    record that names an account has no expert.
    """
    found = _acts(await _TRAIL.fetch(connection, subject=record), trail)
    if expert is None:
        return tuple(found)
    row = await _ACCOUNT_CHANGE.fetchrow(connection, record=expert)
    if found and row and (found[0].kind is SYSTEM.kind or row["at"] > found[0].at):
        givers = await _addressers(connection, expert, found[0]) if row["action"] == "claim" else [_cause(row)]
        found = [*givers, *found[1:]] if found[0].kind is SYSTEM.kind else [*found, *givers]
    return tuple(found)


async def _addressers(connection: Connection, expert: UUID, decisive: Cause) -> list[Cause]:
    """Whoever set the addresses of a claimed expert after the decisive action. The claim itself confirms the address
    that it was mailed to. If the system put the expert into office, all who set addresses count."""
    entries = await _TRAIL.fetch(connection, subject=expert)
    place = next((n for n, entry in enumerate(entries) if entry["action"] == "claim"), len(entries))
    addressed = [_cause(entry) for entry in entries[place + 1 :] if _set_addresses(entry)]
    return [cause for cause in addressed if decisive.kind is SYSTEM.kind or cause.at > decisive.at]


def _set_addresses(entry: Row) -> bool:
    changed = _changed(entry)
    return entry["action"] == "create" or changed is None or "emails" in changed


async def merge_of(connection: Connection, loser: UUID) -> tuple[Cause, ...]:
    """The action that merged a record into another, or linked it; empty if the trail does not show it."""
    row = await _MERGE.fetchrow(connection, record=loser)
    return () if row is None else (_cause(row),)


async def merges_to_account(connection: Connection, expert: UUID, account: UUID) -> tuple[Cause, ...]:
    """The merges that gave an expert's record this account; empty if the account created it."""
    return tuple(_cause(row) for row in await connection.fetch(_MERGES_TO_ACCOUNT, expert, account))


def _acts(newest_first: Iterable[Row], trail: Trail) -> list[Cause]:
    days: list[Cause] = []
    has_waited = False
    for entry in newest_first:
        changed = _changed(entry)
        if has_waited:
            if changed is None or trail.waits_in in changed:
                return [_cause(entry), *days]
            continue
        is_of_holder = changed is not None and changed & trail.holder_fields
        if changed is not None and is_of_holder and trail.waits_in in changed and _is_of_schedule(entry):
            has_waited = True
            continue
        enters = entry["to_status"] in trail.in_office and entry["from_status"] not in trail.in_office
        if enters or changed is None or is_of_holder:
            return [_cause(entry), *days]
        if not days and changed & _DATES:
            days.append(_cause(entry))
    return []


def _is_of_schedule(entry: Row) -> bool:
    return bool(entry["actor_kind"] == SYSTEM.kind)


def _changed(entry: Row) -> frozenset[str] | None:
    """The fields that an entry changed; None if its detail cannot be decrypted any more."""
    detail = details.read(entry)
    return None if detail is None else frozenset(change["pointer"].split("/")[1] for change in detail["changes"])


def _cause(row: Row) -> Cause:
    return Cause(PrincipalKind(row["actor_kind"]), row["actor_id"], row["at"])


async def were_entitled(connection: Connection, causes: Sequence[Cause], wanted: WantedGrant) -> bool:
    """Whether there is a cause, and each actor may grant the role now and could at the time of the action."""
    for cause in causes:
        actor = await _actor(connection, cause)
        if actor is None or why_not_grant(actor, wanted, "create") is not None:
            return False
    return bool(causes)


async def _actor(connection: Connection, cause: Cause) -> Principal | None:
    """The actor with the grants that have not changed since the action; None for an actor that is no longer active."""
    if cause.actor is None:
        return None
    rows = await _HELD_THEN.fetch(connection, kind=str(cause.kind), id=cause.actor)
    if not rows:
        return None
    grants = tuple(_grant(row) for row in rows if row["role"] is not None and row["updated_at"] <= cause.at)
    first = rows[0]
    return Principal(cause.kind, cause.actor, first["name"], grants, first["sandbox"], first["owner_id"])


def _grant(row: Row) -> Grant:
    resources, verbs = (None if row[name] is None else frozenset[str](row[name]) for name in ("resources", "verbs"))
    scope = (row["scope_kind"], row["scope_id"])
    return Grant(row["role"], *scope, row["starts"], row["ends"], resources, verbs, row["delegated_from"])
