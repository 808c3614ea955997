"""Participations over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.events.participations import operations
from services.membership.events.participations.queries import LISTING
from services.membership.events.participations.schemas import (
    Participation,
    ParticipationBody,
    ParticipationCreate,
    present,
)
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("member_participation_living_key", "/role", "The expert takes part in this role already.")
router = record_routes(
    RecordApi(
        kind=operations.PARTICIPATIONS,
        roles=ROLES,
        listing=LISTING,
        response_model=Participation,
        present=present,
        bodies=Bodies(ParticipationBody, creation=ParticipationCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context),
    )
)
