"""Writing comments on contributions, and the answers to them."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.actions.global_report.contributions.operations import comments_lock
from services.actions.global_report.contributions.participants import commenter_of, countries_of, is_author
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.review.comments import domain, queries
from services.actions.global_report.review.comments.record import Comment
from services.actions.global_report.review.comments.tables import comment
from services.actions.global_report.review.rounds.domain import REVIEWED, is_for, takes_comments
from services.actions.global_report.review.rounds.queries import round_of
from services.actions.global_report.review.rounds.record import ReviewRound
from shared.database.locks import lock_names
from shared.database.statements import Connection
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Forbidden, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

COMMENTS: ResourceType[Comment, domain.CommentGuardContext] = ResourceType.of(Comment, comment, domain.LIFECYCLE)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says about blocks of a contribution."""

    first: int
    last: int
    quote: str | None
    kind: str
    text: str


def may_comment(access: AccessScope, of: Contribution, named: ReviewRound) -> bool:
    """Whether the caller is an editor, or takes part in the round; no author comments."""
    is_part = access.may("reopen", None, of.edition_id) or access.may("create", None, named.id)
    return is_part and not is_author(access.principal, of.id)


async def create(uow: UnitOfWork, access: AccessScope, of: Contribution, in_round: UUID | int, said: Said) -> Comment:
    """Comments on the present version of a contribution. `access` is the access scope for comments.

    Raises Forbidden for who takes no part in the round, Conflict `is_an_author`, `round_not_open`, and for a
    contribution that is not reviewed, Invalid for a round without it, `unknown_block` and `quote_not_found`.
    """
    require(access, "create", of.country, (of.edition_id, of.id))
    if is_author(access.principal, of.id):
        raise Conflict("Authors answer comments.", code="is_an_author")
    await lock_names(uow.connection, comments_lock(of.edition_id))
    named = await round_of(uow.connection, of.edition_id, in_round)
    if named is None or of.id not in named.contributions:
        raise unknown_reference("/round", "round with this contribution")
    if not may_comment(access, of, named):
        raise Forbidden("You take no part in this round.", members={"reason": "not_permitted"})
    if not takes_comments(named, now()):
        raise Conflict("The round is not open.", code="round_not_open", members={"current_state": named.status})
    version = await place(uow.connection, of, named, said)
    number = await queries.next_number(uow.connection, of.edition_id)
    columns = columns_of(access, of, named, said)
    return await COMMENTS.insert(uow, COMMENTS.new({**columns, "number": number, "on_version": version}))


def columns_of(access: AccessScope, of: Contribution, named: ReviewRound, said: Said) -> dict[str, object]:
    """The columns of a new comment, without its number and the version that it is about."""
    is_editor = access.may("reopen", None, of.edition_id)
    places = () if is_editor or not is_for(named, "governments") else sorted(countries_of(access.principal))
    return {
        "edition_id": of.edition_id,
        "contribution_id": of.id,
        "round_id": named.id,
        "round_number": named.number,
        "chapter": of.outline_key,
        "from_block": said.first,
        "to_block": said.last,
        "quote": said.quote,
        "kind": said.kind,
        "text": said.text,
        "by_id": commenter_of(access.principal),
        "government": places[0] if places else None,
        "answered_by_id": None,
        "commenter": None,
        "answerer": None,
        "was_reopened": False,
        "country": of.country,
        "visibility": "restricted",
        "status": "open",
    }


async def place(connection: Connection, of: Contribution, named: ReviewRound, said: Said) -> int:
    """The number of the version in which the words stand. Raises as `create` does. The caller holds the lock of the
    edition's comments."""
    found = await queries.states_of(connection, of.id, named.id)
    status = found["status"] if found else of.status
    if found is None or status not in REVIEWED:
        raise Conflict("The contribution is not reviewed.", members={"current_state": status})
    current = await queries.current_blocks(connection, of.id, found["language"])
    if current is None:
        raise Conflict("The contribution has no version.", members={"current_state": status})
    domain.check_place(current[1], said.first, said.last, said.quote)
    return current[0]


async def transition(uow: UnitOfWork, access: AccessScope, before: Comment, requested: TransitionRequest) -> Comment:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for an answer without a decision, or with
    a version that is not there."""
    await lock_names(uow.connection, comments_lock(before.edition_id))
    may = permitted(access, before)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    wanted = before
    if may(requested.action):
        wanted = await _changed(uow.connection, access.principal, before, requested)
    return await COMMENTS.apply_transition(uow, before, requested, guard_context, may, lambda _target: wanted)


async def _changed(
    connection: Connection, principal: Principal, before: Comment, requested: TransitionRequest
) -> Comment:
    if requested.action == "reopen":
        return replace(before, was_reopened=True)
    if requested.action != "answer":
        return before
    decision, version = given(requested.fields, "decision", str), given(requested.fields, "version", int)
    if decision is None:
        raise invalid_field("/fields/decision", "required", "An answer has a decision.")
    if version is not None and not await queries.has_version(connection, before.contribution_id, version):
        raise unknown_reference("/fields/version", "version of the contribution")
    by_id = commenter_of(principal)
    return replace(before, decision=decision, answer=requested.reason, answered_in=version, answered_by_id=by_id)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Comment, _fields: Fields
) -> domain.CommentGuardContext:
    """The inputs of the guards for this caller and this comment."""
    async with connect() as connection:
        found = await queries.states_of(connection, record.contribution_id, record.round_id)
    is_over = found is None or found["status"] not in REVIEWED or found["round_status"] == "complete"
    return domain.CommentGuardContext(is_author(principal, record.contribution_id), record.was_reopened, is_over)
