"""What the guards of committees, their meetings and their decisions say."""

from dataclasses import replace
from typing import Any

from services.centres.committees.committee_meetings import domain as meetings
from services.centres.committees.committee_meetings.domain import MeetingGuardContext
from services.centres.committees.committees import domain as committees
from services.centres.committees.committees.domain import CommitteeGuardContext, RecognitionRules
from services.centres.committees.decisions import domain as decisions
from services.centres.committees.decisions.domain import DecisionGuardContext
from tests.support.rules import Rules

_COMMITTEE = CommitteeGuardContext(
    RecognitionRules(seats=3, institutions=1),
    has_host=True,
    has_decision=True,
    has_bylaws=True,
    are_documents_available=True,
    partners=1,
    presidents=1,
    secretaries=1,
    seats=3,
)
_MEETING = MeetingGuardContext(present=1, has_ended_seat=False, has_minutes=True, are_documents_available=True)
_DECISION = DecisionGuardContext(has_quorum=True, is_held=True, votes={"for": 2, "against": 1, "abstain": 0})


def _but(**changed: Any) -> CommitteeGuardContext:
    return replace(_COMMITTEE, **changed)


RULES = (
    Rules(
        "centres.committees",
        committees.LIFECYCLE,
        (
            ("form", _COMMITTEE, None),
            ("form", _but(presidents=0), "president_missing"),
            ("form", _but(secretaries=0), "secretary_missing"),
            ("form", _but(has_host=False), "host_missing"),
            ("form", _but(has_decision=False), "decision_missing"),
            ("form", _but(are_documents_available=False), "evidence_not_available"),
            ("request_recognition", _COMMITTEE, None),
            ("request_recognition", _but(has_bylaws=False), "bylaws_missing"),
            ("request_recognition", _but(seats=2), "members_missing"),
            ("request_recognition", _but(partners=0), "institutions_missing"),
            ("request_recognition", _but(are_documents_available=False), "evidence_not_available"),
            ("recognise", _COMMITTEE, None),
            ("recognise", _but(are_documents_available=False), "evidence_not_available"),
        ),
    ),
    Rules(
        "centres.committee_meetings",
        meetings.LIFECYCLE,
        (
            ("hold", _MEETING, None),
            ("hold", replace(_MEETING, present=0), "present_missing"),
            ("hold", replace(_MEETING, has_ended_seat=True), "seat_ended"),
            ("approve", _MEETING, None),
            ("approve", replace(_MEETING, has_minutes=False), "minutes_missing"),
            ("approve", replace(_MEETING, are_documents_available=False), "evidence_not_available"),
        ),
    ),
    Rules(
        "centres.decisions",
        decisions.LIFECYCLE,
        (
            ("adopt", _DECISION, None),
            ("adopt", replace(_DECISION, has_quorum=False), "quorum_missing"),
            ("adopt", replace(_DECISION, is_held=False), "meeting_not_held"),
            ("adopt", replace(_DECISION, votes={"for": 1, "against": 1, "abstain": 1}), "majority_missing"),
        ),
    ),
)
