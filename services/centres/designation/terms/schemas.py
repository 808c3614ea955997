"""What goes over HTTP for terms."""

from services.centres.designation.centres import record
from services.centres.designation.centres.designation import TERMS
from services.centres.designation.centres.schemas import StoredWaiver
from services.centres.designation.centres.tables import term
from services.centres.evaluation.evaluations.schemas import CentreCondition
from shared.records.plain import presenter
from shared.web.contract.schemas import RecordResponse


class DesignationTerm(RecordResponse, of=record.Term, lifecycle=TERMS.lifecycle):
    """A term that a centre is designated for: first and last day, the decision, the consent that it rests on."""

    waiver: StoredWaiver | None = None
    conditions: list[CentreCondition] | None = None


present = presenter(record.Term, term)
