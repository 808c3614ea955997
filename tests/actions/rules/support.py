"""What the guards of support requests, offers, tasks and files of evidence say."""

from dataclasses import replace

from services.actions.coordination.tasks import domain as tasks
from services.actions.coordination.tasks.domain import TaskGuardContext
from services.actions.reporting.evidence import domain as evidence
from services.actions.reporting.evidence.domain import EvidenceGuardContext
from services.actions.support.offers import domain as offers
from services.actions.support.offers.domain import OfferGuardContext
from services.actions.support.support_requests import domain as support_requests
from services.actions.support.support_requests.domain import SupportGuardContext
from tests.support.rules import Rules

_REQUEST = SupportGuardContext(has_confirmed_offer=True, has_document=True)

RULES = (
    Rules(
        "actions.support_requests",
        support_requests.LIFECYCLE,
        (
            ("submit", _REQUEST, None),
            ("submit", replace(_REQUEST, is_evidence_available=False), "evidence_not_available"),
            ("start", _REQUEST, None),
            ("start", replace(_REQUEST, has_confirmed_offer=False), "no_confirmed_offer"),
            ("deliver", _REQUEST, None),
            ("deliver", replace(_REQUEST, has_document=False), "document_missing"),
            ("deliver", replace(_REQUEST, is_evidence_available=False), "evidence_not_available"),
        ),
    ),
    Rules(
        "actions.offers",
        offers.LIFECYCLE,
        (
            ("accept", OfferGuardContext(is_over=False), None),
            ("accept", OfferGuardContext(is_over=True), "offer_expired"),
        ),
    ),
    Rules(
        "actions.tasks",
        tasks.LIFECYCLE,
        (
            ("verify", TaskGuardContext(), None),
            ("verify", TaskGuardContext(is_another=False), "completed_by_caller"),
        ),
    ),
    Rules(
        "actions.evidence",
        evidence.LIFECYCLE,
        (
            ("withdraw", EvidenceGuardContext(), None),
            ("withdraw", EvidenceGuardContext(is_in_use=True, may_override=True), None),
            ("withdraw", EvidenceGuardContext(is_in_use=True), "evidence_in_use"),
        ),
    ),
)
