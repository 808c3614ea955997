"""The reactions of actions: facts that may change a country's stage cause a recomputation; merges rewrite
references, erasures end offices, tasks follow roles that are handed over, closed accounts leave their tasks, and
recovered ones their calendars."""

from uuid import UUID

from services.actions.coordination.calendars.operations import end_all
from services.actions.coordination.focal_points.operations import end_with_account
from services.actions.coordination.tasks.operations import follow_role, release
from services.actions.erasing import erase, erase_and_report
from services.actions.merges import EXPERTS, INSTITUTIONS
from services.actions.overview.countries.operations import recompute_stage
from shared.contracts import access, actions, centres, membership
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.inbox import Reactions, of_each_country, of_each_subject

_MOVE_A_STAGE = (
    centres.COMMITTEE_CREATED,
    centres.COMMITTEE_FORMED,
    centres.COMMITTEE_PREPARATORY,
    centres.COMMITTEE_RECOGNISED,
    centres.COMMITTEE_DISSOLVED,
    centres.COMMITTEE_ABANDONED,
    centres.CENTRE_DESIGNATED,
    centres.CENTRE_RENEWAL_DUE,
    centres.CENTRE_RENEWAL_REVIEW,
    centres.CENTRE_RENEWED,
    centres.CENTRE_SUSPENDED,
    centres.CENTRE_REINSTATED,
    centres.CENTRE_EXPIRED,
    centres.CENTRE_CLOSED,
    centres.CENTRE_DELETED,
    actions.ENDORSEMENT_VERIFIED,
    actions.ENDORSEMENT_WITHDRAWN,
    actions.ENDORSEMENT_EXPIRED,
    actions.ENDORSEMENT_SUPERSEDED,
    actions.CORRESPONDENCE_CREATED,
    actions.CORRESPONDENCE_UPDATED,
    actions.FOCAL_POINT_ACTIVATED,
    actions.PROGRAMME_APPROVED,
    actions.PROGRAMME_IMPLEMENTING,
    actions.PROGRAMME_PAUSED,
    actions.PROGRAMME_COMPLETED,
    actions.PROGRAMME_DISCONTINUED,
    actions.ACTION_IN_PROGRESS,
    actions.ACTION_FINALISING,
    actions.ACTION_CLOSED,
    actions.ACTION_SUSPENDED,
    actions.ACTION_CANCELLED,
    actions.ACTION_PLANNED,
    actions.MILESTONE_DONE,
    actions.RESULT_DRAFT,
    actions.RESULT_ACCEPTED,
    actions.RESULT_SUPERSEDED,
    actions.RESULT_PUBLISHED,
    actions.RESULT_RETRACTED,
)


async def _leave(uow: UnitOfWork, account: UUID) -> None:
    """Ends the offices that name a closed account, takes its tasks from it, and ends its calendars."""
    await end_with_account(uow, account)
    await release(uow, account)
    await end_all(uow, account)


_derive_stage = of_each_country(recompute_stage)
_expert_changed_places = of_each_subject(EXPERTS.rewrite)
_institution_changed_places = of_each_subject(INSTITUTIONS.rewrite)
REACTIONS: Reactions = {
    **dict.fromkeys(_MOVE_A_STAGE, _derive_stage),
    access.GRANT_CREATED: of_each_subject(follow_role),
    access.ACCOUNT_CLOSED: of_each_subject(_leave),
    access.ACCOUNT_RECOVERED: of_each_subject(end_all),
    membership.EXPERT_ERASING: of_each_subject(erase_and_report),
    membership.EXPERT_ERASED: of_each_subject(erase),
    membership.EXPERT_MERGED: _expert_changed_places,
    membership.EXPERT_UNMERGED: _expert_changed_places,
    membership.INSTITUTION_MERGED: _institution_changed_places,
    membership.INSTITUTION_LINKED: _institution_changed_places,
    membership.INSTITUTION_UNMERGED: _institution_changed_places,
}
