"""Writing invitations to review contributions: one function per verb."""

from dataclasses import replace
from uuid import UUID

from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.review.reviewers import domain, queries
from services.actions.global_report.review.reviewers.conflicts import require_independent
from services.actions.global_report.review.reviewers.record import Reviewer
from services.actions.global_report.review.reviewers.tables import reviewer
from services.actions.global_report.review.rounds.domain import INVITING, is_for
from services.actions.global_report.review.rounds.queries import round_of
from shared.database.locks import lock_names
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import NAMED_EXPERTS
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

REVIEWERS: ResourceType[Reviewer, domain.ReviewerGuardContext] = ResourceType.of(
    Reviewer, reviewer, domain.LIFECYCLE, is_personal=True
)
_ACTIVE = frozenset(("active", "grace"))


async def create(
    uow: UnitOfWork, access: AccessScope, of: Contribution, expert: UUID, in_round: UUID | int
) -> Reviewer:
    """Invites an expert to review a contribution in a round. `access` is the access scope for reviewers.

    Raises Forbidden outside the caller's grants, Invalid for an unknown expert, and for a round that does not have the
    contribution or is not for experts, Conflict `round_not_open` for one that is over, `is_an_author`,
    `same_institution` or `conflict_of_interest` for who does not review it, and if the expert is invited already, is
    not active or has no account.
    """
    require(access, "create", of.country, of.edition_id)
    named = await round_of(uow.connection, of.edition_id, in_round)
    if named is None or of.id not in named.contributions or not is_for(named, "experts"):
        raise unknown_reference("/round", "round of experts with this contribution")
    if named.status not in INVITING:
        raise Conflict("The round is over.", code="round_not_open", members={"current_state": named.status})
    await NAMED_EXPERTS.require(uow, {"/expert_id": expert})
    await lock_names(uow.connection, f"reviewers of {of.id}")
    await _require_reachable(uow, of, expert, named.id)
    await require_independent(uow.connection, of, expert, "/expert_id")
    placed = REVIEWERS.new(
        {
            "edition_id": of.edition_id,
            "contribution_id": of.id,
            "round_id": named.id,
            "round_number": named.number,
            "titles": of.titles,
            "expert_id": expert,
            "country": of.country,
            "visibility": "restricted",
            "status": "invited",
        }
    )
    return await REVIEWERS.insert(uow, placed)


async def _require_reachable(uow: UnitOfWork, of: Contribution, expert: UUID, round_id: UUID) -> None:
    found = await queries.expert_of(uow.connection, expert)
    if found is None or found["status"] not in _ACTIVE or found["account_id"] is None:
        raise _conflict("The expert is not active, or has no account.")
    living = [row for row in await queries.invited_to(uow.connection, of.id) if queries.is_living(row)]
    if any((row["expert_id"], row["round_id"]) == (expert, round_id) for row in living):
        raise _conflict("The expert is invited to this round.")
    if len(living) >= domain.MOST_OF_CONTRIBUTION:
        raise Conflict(f"A contribution has at most {domain.MOST_OF_CONTRIBUTION} reviewers.")


def _conflict(detail: str) -> Conflict:
    return Conflict(detail, errors=[FieldError("conflict", detail, pointer="/expert_id")])


async def transition(uow: UnitOfWork, access: AccessScope, before: Reviewer, requested: TransitionRequest) -> Reviewer:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and for an acceptance Conflict as `create` does
    for a conflict of interest that came up since."""
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    may = permitted(access, before)
    if requested.action == "accept" and may("accept") and guard_context.is_own and not _states(requested.fields):
        await uow.allow_record(before.contribution_id)
        of = await CONTRIBUTIONS.lock(uow, before.contribution_id)
        await require_independent(uow.connection, of, before.expert_id, "")
    return await REVIEWERS.apply_transition(
        uow, before, requested, guard_context, may, lambda _target: _stated(before, requested)
    )


def _states(fields: Fields) -> bool:
    """Whether the reviewer states a conflict of interest; a described one is one."""
    return given(fields, "conflict", str) is not None or bool(given(fields, "conflict_of_interest", bool))


def _stated(before: Reviewer, requested: TransitionRequest) -> Reviewer:
    if requested.action != "accept":
        return before
    conflict = given(requested.fields, "conflict", str)
    return replace(before, conflict_of_interest=_states(requested.fields), conflict=conflict)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Reviewer, _fields: Fields
) -> domain.ReviewerGuardContext:
    """The inputs of the guards for this caller and this invitation."""
    async with connect() as connection:
        found = await queries.expert_of(connection, record.expert_id)
        named = await round_of(connection, record.edition_id, record.round_id)
    is_own = found is not None and principal.is_account(found["account_id"])
    return domain.ReviewerGuardContext(is_own, is_over=named is None or named.status not in INVITING)


async def remind(uow: UnitOfWork) -> None:
    """Announces to experts that the round in which they review closes soon, once for each day of a reminder; at most
    500."""
    for one in await queries.take_reminded(uow.connection, today()):
        REVIEWERS.record_change(uow, "remind", one, one, "round_closing")


async def erase_reviewer(uow: UnitOfWork, expert: UUID) -> int:
    """Withdraws the invitations of an expert who is erased, and forgets the conflicts that they state. Returns how many
    there were."""
    found = await queries.lock_of_expert(uow.connection, expert)
    for before in found:
        status = "withdrawn" if before.status in domain.LIVING else before.status
        wanted = replace(before, conflict=None, status=status)
        if wanted != before:
            await REVIEWERS.write(uow, "withdraw", before, wanted, fact="withdrawn")
    return len(found)
