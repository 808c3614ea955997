"""The reactions of membership: affiliations follow institutions that were merged or linked."""

from services.membership.merges.following import follow_institution
from shared.contracts import membership
from shared.messaging.inbox import Reactions, of_each_subject

_institution_changed_places = of_each_subject(follow_institution)
REACTIONS: Reactions = {
    membership.INSTITUTION_MERGED: _institution_changed_places,
    membership.INSTITUTION_LINKED: _institution_changed_places,
}
