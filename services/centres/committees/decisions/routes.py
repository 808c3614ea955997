"""Decisions of committees over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.committees.decisions import operations
from services.centres.committees.decisions.queries import LISTING
from services.centres.committees.decisions.schemas import CommitteeDecision, CommitteeDecisionBody, columns, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.DECISIONS,
        roles=ROLES,
        listing=LISTING,
        response_model=CommitteeDecision,
        present=present,
        bodies=Bodies(CommitteeDecisionBody, columns=columns),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context),
    )
)
