"""What the guards of calls and nominations say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.membership.selection.calls import domain as calls
from services.membership.selection.calls.domain import CallGuardContext
from services.membership.selection.calls.record import Call
from services.membership.selection.nominations import domain as nominations
from services.membership.selection.nominations.domain import (
    APPEALS,
    MOST_NOMINATORS,
    NominationGuardContext,
    NominatorInputs,
    PanelInputs,
)
from services.membership.selection.nominations.record import Nomination
from shared.records.rows import new_record, with_columns
from tests.support.rules import Row, Rules

_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_BLANK = {"country": "XA", "visibility": "network", "search_key": ""}
_APPEAL = {"text": "Count again", "at": "2026-11-20T12:00:00Z", "outcome": None, "reply": None, "replied_at": None}
_REPLIED = {**_APPEAL, "outcome": "dismissed", "reply": "We have", "replied_at": "2026-11-21T12:00:00Z"}

_OPENING = CallGuardContext(nominee_deadline=_NOW + _SECOND, now=_NOW, undecided=0, has_document=True)
_CALL = new_record(
    Call,
    {
        **_BLANK,
        "status": "assessing",
        "opens": _NOW,
        "nominee_deadline": _NOW,
        "nominator_deadline": _NOW,
        "self_nomination": False,
        "nominator_kinds": ["institution"],
        "eligibility": {"documents": ["plan"]},
        "published_at": _NOW - APPEALS,
    },
)
_NOMINATION = new_record(
    Nomination,
    {
        **_BLANK,
        "status": "draft",
        "documents": [{"kind": "cv"}, {"kind": "plan"}],
        "interests": {},
        "nominators_asked": MOST_NOMINATORS - 1,
    },
)
_ADMITTED = with_columns(_NOMINATION, {"extended_until": _NOW})
_WHOLE = NominationGuardContext(
    _NOMINATION,
    _CALL,
    _NOW,
    are_documents_available=True,
    is_own=True,
    is_nominator=True,
    is_eligible=True,
    nominator=NominatorInputs(kind="institution"),
    panel=PanelInputs(own=UUID(int=1), may_decide=True, scores=2, free_seats=1),
)
_NOMINEE = replace(_WHOLE.nominator, is_nominee=True)


def _but(**changed: Any) -> NominationGuardContext:
    return replace(_WHOLE, **changed)


def _panel(**changed: Any) -> NominationGuardContext:
    return _but(panel=replace(_WHOLE.panel, **changed))


def _call(**changed: Any) -> NominationGuardContext:
    return replace(_WHOLE, call=with_columns(_CALL, changed))


def _nomination(**changed: Any) -> NominationGuardContext:
    return replace(_WHOLE, record=with_columns(_NOMINATION, changed))


def _about_the_nominator(verb: str) -> tuple[Row, ...]:
    return (
        (verb, _WHOLE, None),
        (verb, replace(_call(self_nomination=True), nominator=_NOMINEE), None),
        (verb, replace(_call(nominator_kinds=[]), nominator=NominatorInputs()), None),
        (verb, _but(is_own=False), "not_the_person"),
        (verb, _but(nominator=_NOMINEE), "self_nomination"),
        (verb, _but(nominator=NominatorInputs(kind="expert")), "nominator_not_eligible"),
    )


def _about_the_panel(verb: str) -> tuple[Row, ...]:
    return (
        (verb, _WHOLE, None),
        (verb, _panel(is_conflicted=True), "conflicted"),
        (verb, _panel(may_decide=False), "not_the_chair"),
        (verb, _call(status="open"), "call_not_assessing"),
    )


RULES = (
    Rules(
        "membership.calls",
        calls.LIFECYCLE,
        (
            ("open", _OPENING, None),
            ("open", replace(_OPENING, nominee_deadline=_NOW), "deadline_passed"),
            ("decide", _OPENING, None),
            ("decide", replace(_OPENING, undecided=1), "nominations_undecided"),
            ("decide", replace(_OPENING, has_document=False), "document_missing"),
        ),
    ),
    Rules(
        "membership.nominations",
        nominations.LIFECYCLE,
        (
            *_about_the_nominator("submit"),
            ("submit", replace(_call(nominee_deadline=_NOW - _SECOND), record=_ADMITTED), None),
            ("submit", _call(status="draft"), "call_not_open"),
            ("submit", _call(opens=_NOW + _SECOND), "call_not_open"),
            ("submit", _call(nominee_deadline=_NOW - _SECOND), "deadline_passed"),
            ("submit", _but(is_eligible=False), "not_eligible"),
            ("submit", _nomination(documents=[{"kind": "plan"}]), "cv_missing"),
            ("submit", _nomination(documents=[{"kind": "cv"}]), "documents_missing"),
            ("submit", _but(are_documents_available=False), "evidence_not_available"),
            ("submit", _nomination(interests=None), "interests_missing"),
            *((verb, _WHOLE, None) for verb in nominations.DECISIONS),
            *((verb, _but(is_nominator=False), "not_the_nominator") for verb in nominations.DECISIONS),
            *_about_the_nominator("change_nominator"),
            ("change_nominator", _nomination(nominators_asked=MOST_NOMINATORS), "too_many_nominators"),
            ("recuse", _WHOLE, None),
            ("recuse", _panel(own=None), "not_in_panel"),
            *_about_the_panel("select"),
            ("select", _panel(scores=1), "scores_missing"),
            ("select", _panel(free_seats=0), "seats_taken"),
            *_about_the_panel("pass_over"),
            ("appeal", _WHOLE, None),
            ("appeal", _but(is_own=False), "not_the_person"),
            ("appeal", _call(published_at=_NOW - APPEALS - _SECOND), "appeal_period_over"),
            ("appeal", _call(published_at=None), "appeal_period_over"),
            ("appeal", _nomination(appeal=_APPEAL), "appealed"),
            ("answer_appeal", _nomination(appeal=_APPEAL), None),
            ("answer_appeal", _WHOLE, "no_appeal"),
            ("answer_appeal", _nomination(appeal=_REPLIED), "no_appeal"),
        ),
    ),
)
