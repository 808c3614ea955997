"""What the guards of programmes, their actions and milestones, and of endorsements say."""

from dataclasses import replace
from typing import Any

from services.actions.governments.endorsements import domain as endorsements
from services.actions.governments.endorsements.domain import EndorsementGuardContext
from services.actions.plan.actions import domain as actions
from services.actions.plan.actions.domain import ActionGuardContext
from services.actions.plan.milestones import domain as milestones
from services.actions.plan.milestones.domain import MilestoneGuardContext
from services.actions.plan.programmes import domain as programmes
from services.actions.plan.programmes.domain import ProgrammeGuardContext
from tests.support.rules import Rules

_PROGRAMME = ProgrammeGuardContext(
    has_committee=True,
    has_centre=True,
    pillars_covered=3,
    pillars_with_baseline=3,
    endorsement_level=endorsements.ENDORSEMENT_LEVEL,
    has_waiver=False,
    has_valid_framework=True,
    open_actions=0,
    waiver_fault=None,
)
_UNENDORSED = replace(_PROGRAMME, endorsement_level=endorsements.ENDORSEMENT_LEVEL - 1)
_WAIVED = replace(_UNENDORSED, has_waiver=True)
_ACTION = ActionGuardContext(programme_status="approved")
_MILESTONE = MilestoneGuardContext(has_evidence=True, is_evidence_available=True, is_independent=True)
_ENDORSEMENT = EndorsementGuardContext(has_document=True, is_document_available=True, is_independent=True)


def _but(**changed: Any) -> ProgrammeGuardContext:
    return replace(_PROGRAMME, **changed)


RULES = (
    Rules(
        "actions.programmes",
        programmes.LIFECYCLE,
        (
            ("launch", _PROGRAMME, None),
            ("launch", _but(has_committee=False), "committee_missing"),
            ("submit_plan", _PROGRAMME, None),
            ("submit_plan", _but(pillars_covered=2), "actions_missing"),
            ("submit_plan", _but(has_centre=False), "centre_missing"),
            ("submit_plan", _but(pillars_with_baseline=2), "baselines_missing"),
            ("start", _PROGRAMME, None),
            ("start", _WAIVED, None),
            ("start", _but(has_valid_framework=False), "framework_not_valid"),
            ("start", _UNENDORSED, "endorsement_missing"),
            ("start", replace(_WAIVED, waiver_fault="waiver_not_permitted"), "waiver_not_permitted"),
            ("complete", _PROGRAMME, None),
            ("complete", _but(open_actions=1), "actions_open"),
        ),
    ),
    Rules(
        "actions.actions",
        actions.LIFECYCLE,
        (
            *(("start", ActionGuardContext(programme_status=status), None) for status in actions.WORKING_PROGRAMMES),
            ("start", replace(_ACTION, programme_status="paused"), "programme_not_approved"),
            ("start", replace(_ACTION, programme_status=None), "programme_not_approved"),
            ("close", _ACTION, None),
            ("close", replace(_ACTION, open_milestones=1), "milestones_open"),
        ),
    ),
    Rules(
        "actions.milestones",
        milestones.LIFECYCLE,
        (
            ("claim", _MILESTONE, None),
            ("claim", replace(_MILESTONE, has_evidence=False), "evidence_missing"),
            ("claim", replace(_MILESTONE, is_evidence_available=False), "evidence_not_available"),
            ("verify", _MILESTONE, None),
            ("verify", replace(_MILESTONE, is_evidence_available=False), "evidence_not_available"),
            ("verify", replace(_MILESTONE, is_independent=False), "not_independent"),
        ),
    ),
    Rules(
        "actions.endorsements",
        endorsements.LIFECYCLE,
        (
            ("verify", _ENDORSEMENT, None),
            ("verify", replace(_ENDORSEMENT, has_document=False), "document_missing"),
            ("verify", replace(_ENDORSEMENT, is_document_available=False), "evidence_not_available"),
            ("verify", replace(_ENDORSEMENT, is_independent=False), "not_independent"),
        ),
    ),
)
