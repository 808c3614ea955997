"""The reactions of membership: references follow experts and institutions that were merged, invitations to review
centres are mailed, and an erasure goes on when all services have reported."""

from services.membership.erasures.jobs import follow_reports
from services.membership.references import EXPERTS, INSTITUTIONS, rewrite_institution
from services.membership.review_invitations.operations import invite, invite_again
from shared.contracts import access, actions, centres, membership
from shared.messaging.inbox import Reactions, of_each_subject

_institution_changed_places = of_each_subject(rewrite_institution)
_expert_changed_places = of_each_subject(EXPERTS.rewrite)
_reported = of_each_subject(follow_reports)
REACTIONS: Reactions = {
    access.ERASURE_REPORTED: _reported,
    actions.ERASURE_REPORTED: _reported,
    centres.ERASURE_REPORTED: _reported,
    centres.REVIEWER_INVITED: of_each_subject(invite),
    centres.REVIEWER_REVIEW_DUE: of_each_subject(invite_again),
    membership.EXPERT_MERGED: _expert_changed_places,
    membership.EXPERT_UNMERGED: _expert_changed_places,
    membership.INSTITUTION_MERGED: _institution_changed_places,
    membership.INSTITUTION_LINKED: _institution_changed_places,
    membership.INSTITUTION_UNMERGED: of_each_subject(INSTITUTIONS.rewrite),
}
