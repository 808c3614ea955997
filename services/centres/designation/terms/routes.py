"""Terms over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.designation.centres.designation import TERMS
from services.centres.designation.terms import operations
from services.centres.designation.terms.queries import LISTING
from services.centres.designation.terms.schemas import DesignationTerm, present
from services.centres.evaluation.evaluations.schemas import MetCondition
from shared.web.records.hosting import with_hosted_centres
from shared.web.records.record_routes import record_routes
from shared.web.records.records import RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=TERMS,
        roles=ROLES,
        listing=LISTING,
        response_model=DesignationTerm,
        present=present,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=MetCondition),
        dependency=with_hosted_centres,
    )
)
