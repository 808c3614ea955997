"""What goes over HTTP for terms."""

from datetime import date
from uuid import UUID

from services.centres.designation.centres import record
from services.centres.designation.centres.designation import TERMS
from services.centres.designation.centres.schemas import StoredWaiver
from services.centres.designation.centres.tables import term
from services.centres.evaluation.evaluations.schemas import CentreCondition
from shared.records.plain import presenter
from shared.web.contract.fields import Document
from shared.web.contract.schemas import RecordResponse


class DesignationTerm(RecordResponse, of=record.Term, lifecycle=TERMS.lifecycle):
    """A term that a centre is designated for: first and last day, the decision, the consent that it rests on."""

    centre_id: UUID
    number: int
    starts: date
    ends: date
    ended_on: date | None
    decided_on: date
    terms_of_reference: Document | None = None
    work_plan: Document | None = None
    endorsement_id: UUID | None = None
    waiver: StoredWaiver | None = None
    consent_lapsed_on: date | None = None
    suspension_proposed_on: date | None = None
    conditions: list[CentreCondition] | None = None
    decision: Document | None = None
    decision_id: UUID | None = None


present = presenter(record.Term, term)
