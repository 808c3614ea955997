"""Writing reviews."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam, select

from services.centres.designation.centres.operations import lock_under_review
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.stages import hand_over
from services.centres.designation.reviewers.operations import complete
from services.centres.designation.reviewers.queries import states_conflict
from services.centres.designation.reviews.record import Review
from services.centres.designation.reviews.tables import review
from services.centres.evaluation.evaluations.queries import experts_of
from services.centres.references import account_of, belongs_to, require_experts
from shared.database.context import Lookup
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, FieldError, Forbidden, invalid_field
from shared.kernel.lifecycle import Lifecycle
from shared.records.access_scope import AccessScope
from shared.records.requirements import require
from shared.records.resource_type import ResourceType

MOST_PER_CENTRE = 50
REVIEWS: ResourceType[Review, None] = ResourceType.of(Review, review, Lifecycle(("recorded",), ()))
_REVIEWERS = Lookup(
    select(review.c.reviewer_id).where(review.c.centre_id == bindparam("centre")).limit(MOST_PER_CENTRE)
)


async def create(uow: UnitOfWork, access: AccessScope, centre: Centre, new: Review) -> Review:
    """Inserts a review. `access` is the access scope for reviews.

    Completes the invitation of its reviewer. Raises Forbidden if the caller is not the reviewer and may not record for
    others, Conflict if the centre is not under review or the reviewer has reviewed it, Invalid for a reviewer who
    belongs to the host institution, and for a review that denies the conflict of interest that its reviewer has stated.
    """
    require(access, "create", centre.country, centre.id)
    reviewer = new.reviewer_id
    await uow.allow_record(centre.id)
    if not await _is_own(uow, access, centre, reviewer):
        await require_experts(uow, {"/reviewer_id": reviewer})
    if await belongs_to(uow.connection, reviewer, centre.host_institution_id, today().isoformat()):
        raise invalid_field("/reviewer_id", "reviewer_of_host", "The reviewer belongs to the host institution.")
    placed = replace(new, centre_id=centre.id, country=centre.country, visibility="restricted", status="recorded")
    await _require_stated_conflict(uow, placed)
    await complete(uow, centre.id, reviewer)
    await lock_under_review(uow, centre.id)
    reviewers = [row["reviewer_id"] for row in await _REVIEWERS.fetch(uow.connection, centre=centre.id)]
    if reviewer in reviewers:
        detail = "This expert has reviewed the centre."
        raise Conflict(detail, errors=[FieldError("conflict", detail, pointer="/reviewer_id")])
    if len(reviewers) >= MOST_PER_CENTRE:
        raise Conflict(f"A centre has at most {MOST_PER_CENTRE} reviews.")
    entered = await REVIEWS.insert(uow, placed)
    await hand_over(uow, centre.id)
    return entered


async def lock(uow: UnitOfWork, access: AccessScope, centre: Centre, key: UUID, version: int) -> Review:
    """The review at this version, locked, with its centre. Raises Forbidden if the caller may not change reviews of its
    reviewer, Conflict if the centre is not under review any more."""
    require(access, "update", centre.country, centre.id)
    await uow.allow_record(centre.id, *await experts_of(uow.connection, access.principal))
    before = await REVIEWS.lock(uow, key, version)
    await _is_own(uow, access, centre, before.reviewer_id)
    await lock_under_review(uow, centre.id)
    return before


async def update(uow: UnitOfWork, before: Review, wanted: Review) -> Review:
    """Updates a locked review. Raises Invalid if the reviewer would change, or a stated conflict of interest be
    denied."""
    if wanted.reviewer_id != before.reviewer_id:
        raise invalid_field("/reviewer_id", "invalid_value", "The reviewer of a review cannot change.")
    await _require_stated_conflict(uow, wanted)
    after = await REVIEWS.update(uow, before, wanted)
    await hand_over(uow, after.centre_id)
    return after


async def _is_own(uow: UnitOfWork, access: AccessScope, centre: Centre, reviewer: UUID) -> bool:
    """Whether the caller is the reviewer. Raises Forbidden for another caller who may not record for others."""
    if await account_of(uow.connection, reviewer) == access.principal.id:
        return True
    if not access.may("record", centre.country, centre.id):
        raise Forbidden("Only the reviewer writes this review.", members={"reason": "not_the_reviewer"})
    return False


async def _require_stated_conflict(uow: UnitOfWork, wanted: Review) -> None:
    await uow.allow_record(wanted.reviewer_id)
    if wanted.conflict_of_interest or not await states_conflict(uow.connection, wanted.centre_id, wanted.reviewer_id):
        return
    detail = "The reviewer has stated a conflict of interest."
    raise invalid_field("/conflict_of_interest", "invalid_value", detail)
