"""Decisions of committees over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.committees.decisions import operations
from services.centres.committees.decisions.queries import LISTING
from services.centres.committees.decisions.schemas import CommitteeDecision, CommitteeDecisionBody, columns, present
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.DECISIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=CommitteeDecision,
    body=CommitteeDecisionBody,
    present=present,
    columns=columns,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
).routes()
