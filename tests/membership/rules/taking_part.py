"""What the guards of congresses, participations and supports say."""

from dataclasses import replace
from typing import Any

from services.membership.events.congresses import domain as congresses
from services.membership.events.congresses.domain import CongressGuardContext
from services.membership.events.participations import domain as participations
from services.membership.events.participations.domain import ParticipationGuardContext
from services.membership.initiatives.supports import domain as supports
from services.membership.initiatives.supports.domain import SupportGuardContext
from tests.support.rules import Row, Rules

_SUPPORT = SupportGuardContext(
    email_verified=False,
    has_evidence=True,
    is_evidence_available=True,
    hold=None,
    is_office=False,
    is_own_active=False,
)


def _but(**changed: Any) -> SupportGuardContext:
    return replace(_SUPPORT, **changed)


def _takes_place(verb: str) -> tuple[Row, ...]:
    return (
        (verb, ParticipationGuardContext(None), None),
        (verb, ParticipationGuardContext("congress_cancelled"), "congress_cancelled"),
        (verb, ParticipationGuardContext("congress_not_begun"), "congress_not_begun"),
    )


RULES = (
    Rules(
        "membership.congresses",
        congresses.LIFECYCLE,
        (
            ("hold", CongressGuardContext(has_begun=True), None),
            ("hold", CongressGuardContext(has_begun=False), "congress_not_begun"),
        ),
    ),
    Rules(
        "membership.participations",
        participations.LIFECYCLE,
        (*_takes_place("attend"), *_takes_place("absent")),
    ),
    Rules(
        "membership.supports",
        supports.LIFECYCLE,
        (
            ("verify", _SUPPORT, None),
            ("verify", _but(has_evidence=False, email_verified=True), None),
            ("verify", _but(has_evidence=False, is_own_active=True), None),
            ("verify", _but(hold="duplicate_open", is_office=True), None),
            ("verify", _but(has_evidence=False), "email_not_verified"),
            ("verify", _but(is_evidence_available=False), "evidence_not_available"),
            *(("verify", _but(hold=hold), "on_hold") for hold in supports.HOLDS),
        ),
    ),
)
