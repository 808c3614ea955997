"""Terms over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.designation.centres.designation import TERMS
from services.centres.designation.terms import operations
from services.centres.designation.terms.queries import LISTING
from services.centres.designation.terms.schemas import DesignationTerm, present
from services.centres.evaluation.evaluations.schemas import MetCondition
from shared.web.records.hosting import with_hosted_centres
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=TERMS,
    roles=ROLES,
    listing=LISTING,
    response_model=DesignationTerm,
    present=present,
    guard_context=operations.load_guard_context,
    transition=operations.transition,
    fields=MetCondition,
    dependency=with_hosted_centres,
).routes()
