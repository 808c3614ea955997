"""Linking the ORCID iD of an expert, and writing the affiliations of an ORCID record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.register.affiliations import operations as affiliations
from services.membership.register.affiliations.operations import ORCID
from services.membership.register.affiliations.queries import lock_from_orcid
from services.membership.register.affiliations.record import Affiliation
from services.membership.register.duplicates.operations import schedule_pair
from services.membership.register.experts.operations import EXPERTS, sync_dependents
from services.membership.register.experts.record import Expert, asserted_after
from services.membership.register.orcid import queries
from services.membership.register.orcid.domain import LIFE, OUTCOMES, PURPOSE, OrcidAffiliation
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text, today
from shared.kernel.errors import Conflict, Invalid, invalid_field
from shared.mail import tokens
from shared.messaging.outbox import defer

IMPORT_JOB = "import_orcid"
"""The job that reads the affiliations of an expert's ORCID record."""


async def begin(uow: UnitOfWork, expert: UUID, account: UUID) -> str:
    """A state for one sign-in of this account to ORCID, valid for ten minutes. The unused states of the expert end."""
    state = tokens.new_token()
    await tokens.issue(
        uow.connection,
        service="membership",
        purpose=PURPOSE,
        subject=expert,
        address=str(account),
        token=state,
        until=now() + LIFE,
    )
    return state


async def require_state(connection: Connection, expert: UUID, account: UUID, state: str) -> None:
    """Raises Invalid `state_not_valid` for a state that was used, has expired, or is of another account or expert."""
    found = await tokens.lock(connection, service="membership", purpose=PURPOSE, token=state, at=now())
    bound_to = (expert, tokens.digest(str(account)))
    if found is None or found.used_by or (found.subject_id, found.address_digest) != bound_to:
        raise state_not_valid()


async def link(uow: UnitOfWork, expert: UUID, account: UUID, state: str, orcid: str) -> bool:
    """Gives the expert the iD of the person who signed in with this state. False if another living record has the iD:
    then the office gets the pair. Raises what `require_state` raises."""
    await require_state(uow.connection, expert, account, state)
    before = await EXPERTS.lock(uow, expert)
    if before.account_id != account:
        raise state_not_valid()
    await tokens.use(uow.connection, state, account)
    return await give(uow, before, orcid)


async def give(uow: UnitOfWork, before: Expert, orcid: str) -> bool:
    """Gives a locked expert an authenticated iD. False if another living record has it: then the office gets the
    pair."""
    expert = before.id
    await lock_names(uow.connection, f"orcid {orcid}")
    other = await queries.other_holder(uow.connection, orcid, expert)
    if other is not None:
        schedule_pair(uow, expert, other, "same_orcid")
        return False
    if (before.orcid, before.orcid_authenticated) != (orcid, True):
        asserted = asserted_after(before.asserted, {"orcid"}, ORCID, to_text(now()))
        wanted = replace(before, orcid=orcid, orcid_authenticated=True, asserted=asserted)
        after = await EXPERTS.write(uow, PURPOSE, before, wanted, fact="updated")
        await sync_dependents(uow, before, after)
    return True


def order_import(uow: UnitOfWork, expert: UUID, *, is_linked: bool) -> UUID:
    """Assigns an import to the worker. Returns the job's id. Raises Conflict `orcid_not_linked`."""
    if not is_linked:
        raise not_linked()
    return defer(uow, "membership", IMPORT_JOB, {"expert": str(expert)}, created_by=uow.origin.actor.label)


async def synchronise(
    uow: UnitOfWork, expert: UUID, orcid: str, found: Sequence[OrcidAffiliation], failed: Collection[str]
) -> dict[str, int]:
    """Makes the affiliations that ORCID asserts equal to those found there, in the name of the expert's owner. One that
    is no longer there ends today; one that somebody changed here stays. `failed` are the put-codes of those that break
    the bounds of affiliations.

    Returns how many had each outcome. Raises Conflict `orcid_not_linked` if the iD or the owner changed.
    """
    owner = await EXPERTS.lock(uow, expert)
    is_same = owner.orcid == orcid and owner.orcid_authenticated and owner.merged_into is None
    if not is_same or not uow.origin.actor.is_account(owner.account_id):
        raise not_linked()
    known = {one.put_code: one for one in await lock_from_orcid(uow.connection, expert)}
    rors = {one.ror for one in found if one.ror}
    institutions = await queries.institutions_with(uow.connection, uow.origin.actor, rors)
    counts = {**dict.fromkeys(OUTCOMES, 0), "failed": len(failed)}
    for one in found:
        counts[await _store(uow, owner, known.pop(one.put_code, None), one, institutions)] += 1
    for put_code, before in known.items():
        if put_code not in failed and before.asserted_by == ORCID and before.ends is None:
            await affiliations.update(uow, owner, before, replace(before, ends=today().isoformat()), ORCID)
            counts["ended"] += 1
    return counts


async def _store(
    uow: UnitOfWork,
    owner: Expert,
    before: Affiliation | None,
    one: OrcidAffiliation,
    institutions: Mapping[str | None, UUID],
) -> str:
    """The outcome of one affiliation. What a person decided about its organisation stays."""
    if before is not None and before.asserted_by != ORCID:
        return "unchanged"
    is_decided = before is not None and before.match is not None and before.match["decided_by"] == "person"
    institution = None if is_decided else institutions.get(one.ror)
    wanted = replace(
        before or affiliations.blank(owner, ORCID),
        put_code=one.put_code,
        institution_id=institution,
        raw=one.raw if institution is None else None,
        role=one.role,
        unit=one.unit,
        starts=one.starts,
        ends=one.ends,
    )
    if before is not None:
        after = await affiliations.update(uow, owner, before, wanted, ORCID)
        return "unchanged" if after == before else "updated"
    try:
        await affiliations.create(uow, owner, wanted)
    except Conflict:
        return "failed"
    return "created"


def state_not_valid() -> Invalid:
    """The error for an unknown, used, expired or foreign state; the response does not say which."""
    detail = "The sign-in to ORCID was not begun here, was completed, or took too long. Begin again."
    return invalid_field("/state", "state_not_valid", detail)


def not_linked() -> Conflict:
    """The error for an import without an authenticated iD."""
    return Conflict("Link your ORCID iD first.", code="orcid_not_linked")
