"""Why an expert does not review a contribution."""

from uuid import UUID

from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.review.reviewers import queries
from services.actions.global_report.review.reviewers.domain import NO_REVIEWER
from shared.database.statements import Connection
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError
from shared.records.panels import is_recent


async def require_independent(connection: Connection, of: Contribution, expert: UUID, pointer: str) -> None:
    """Raises Conflict `is_an_author`, `same_institution` or `conflict_of_interest`."""
    found = await _conflict(connection, of, expert)
    if found is not None:
        detail = NO_REVIEWER[found]
        raise Conflict(detail, code=found, errors=[FieldError(found, detail, pointer=pointer)])


async def _conflict(connection: Connection, of: Contribution, expert: UUID) -> str | None:
    if expert in of.expert_ids or await _has_orcid_of_author(connection, of, expert):
        return "is_an_author"
    if any(
        row["expert_id"] == expert and row["conflict_of_interest"]
        for row in await queries.invited_to(connection, of.id)
    ):
        return "conflict_of_interest"
    found = await queries.expert_of(connection, expert)
    account = found and found["account_id"]
    if account and of.country and await queries.is_official(connection, account, of.country):
        return "conflict_of_interest"
    return "same_institution" if await _is_of_same_institution(connection, of, expert) else None


async def _has_orcid_of_author(connection: Connection, of: Contribution, expert: UUID) -> bool:
    orcid = await queries.orcid_of(connection, expert)
    return orcid is not None and any(author["orcid"] == orcid for author in of.authors)


async def _is_of_same_institution(connection: Connection, of: Contribution, expert: UUID) -> bool:
    """Whether the expert and an author have been of one institution within three years."""
    day, own, others = today(), set[UUID](), set[UUID]()
    for row in await queries.affiliations_of(connection, [expert, *of.expert_ids]):
        if is_recent(row["ends"], day):
            (own if row["expert_id"] == expert else others).add(row["institution_id"])
    return not own.isdisjoint(others)
