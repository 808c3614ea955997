"""What membership does about facts: affiliations follow institutions that were merged or linked."""

from services.membership.merges.following import follow_institution
from shared.contracts.owner import type_of
from shared.messaging.inbox import Reactions, of_each_subject

_institution_changed_places = of_each_subject(follow_institution)
REACTIONS: Reactions = {
    type_of("membership", "institution", what): _institution_changed_places for what in ("merged", "linked")
}
