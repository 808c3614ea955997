"""The reactions of centres. Each reads the present state, so late and repeated facts have no further effect."""

from services.centres.centres.designation import follow_consent
from services.centres.erasing import erase, erase_and_report
from services.centres.merges import EXPERTS, INSTITUTIONS
from services.centres.partnerships.operations import follow_institution
from services.centres.reviewers.operations import end_with_centre
from services.centres.seats.operations import end_with_committee
from shared.contracts import actions, centres, membership
from shared.messaging.inbox import Reactions, of_each_country, of_each_subject

_expert_changed_places = of_each_subject(EXPERTS.rewrite)
_institution_changed_places = of_each_subject(INSTITUTIONS.rewrite)
_partner_changed = of_each_subject(follow_institution)
_consent_changed = of_each_country(follow_consent)
_review_ended = of_each_subject(end_with_centre)
_committee_ended = of_each_subject(end_with_committee)
REACTIONS: Reactions = {
    membership.EXPERT_ERASING: of_each_subject(erase_and_report),
    membership.EXPERT_ERASED: of_each_subject(erase),
    membership.EXPERT_MERGED: _expert_changed_places,
    membership.EXPERT_UNMERGED: _expert_changed_places,
    membership.INSTITUTION_MERGED: _institution_changed_places,
    membership.INSTITUTION_LINKED: _institution_changed_places,
    membership.INSTITUTION_UNMERGED: _institution_changed_places,
    membership.INSTITUTION_UPDATED: _partner_changed,
    membership.INSTITUTION_VERIFIED: _partner_changed,
    membership.INSTITUTION_INACTIVATED: _partner_changed,
    membership.INSTITUTION_OUT_OF_SCOPE: _partner_changed,
    membership.INSTITUTION_WITHDRAWN: _partner_changed,
    actions.ENDORSEMENT_VERIFIED: _consent_changed,
    actions.ENDORSEMENT_WITHDRAWN: _consent_changed,
    actions.ENDORSEMENT_EXPIRED: _consent_changed,
    actions.ENDORSEMENT_SUPERSEDED: _consent_changed,
    centres.CENTRE_AWAITING_AGREEMENT: _review_ended,
    centres.CENTRE_DECLINED: _review_ended,
    centres.COMMITTEE_DISSOLVED: _committee_ended,
    centres.COMMITTEE_ABANDONED: _committee_ended,
}
