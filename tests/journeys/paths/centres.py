"""The paths of centres: committees and their seats, centres with reviews and terms, agreements."""

from typing import Any

from tests.journeys.paths.walking import (
    Line,
    Path,
    Walk,
    agreed,
    change,
    day,
    follows,
    given,
    later,
    refused,
    taken,
)
from tests.journeys.paths.world import DOCUMENT, V1

_V1 = V1["centres"]
_SECRETARY, _OFFICER = "committee_secretary", "secretariat_officer"
_WAIVER = {"reason": "The government is being formed"}
_SCORES = {"relevance": 5, "capacity": 4, "governance": 4, "plan": 5}


def host(walk: Walk) -> str:
    """The institution of the walk."""
    if "host" not in walk.notes:
        walk.notes["host"] = walk.world.institution(walk.country, f"University of {walk.country}")["id"]
    return str(walk.notes["host"])


def committee(walk: Walk, **more: Any) -> str:
    """A proposed committee."""
    body = {"country": walk.country, "names": {"en": f"Committee of {walk.country}"}, **more}
    made = walk.create(_SECRETARY, f"{_V1}/committees", **body)
    walk.notes["committee"] = made["id"]
    return str(made["links"]["self"])


def seat(office: str, **more: Any) -> Any:
    """The act of appointing somebody to an office of the walk's committee."""

    def appoint(walk: Walk) -> str:
        body = {"committee_id": walk.notes["committee"], "person": {"name": f"The {office}"}, "office": office, **more}
        return str(walk.create(_SECRETARY, f"{_V1}/seats", **body)["links"]["self"])

    return appoint


def _on_a_committee(**more: Any) -> Any:
    def start(walk: Walk) -> str:
        committee(walk)
        return str(seat("member", **more)(walk))

    return start


_ASKED = {
    "unit_missing": ("unit", "Faculty of Science"),
    "director_missing": ("director_id", lambda walk: walk.world.expert(walk.country, "Dora Director")["id"]),
    "terms_of_reference_missing": ("terms_of_reference", DOCUMENT),
    "work_plan_missing": ("work_plan", DOCUMENT),
    "host_letter_missing": ("host_letter", DOCUMENT),
}
"""The codes of a part that an application lacks, and what meets each."""


def _draft(walk: Walk, **more: Any) -> str:
    body = {"country": walk.country, "names": {"en": f"Centre of {walk.country}"}, "host_institution_id": host(walk)}
    made = walk.create(_SECRETARY, f"{_V1}/centres", **body, **more)
    walk.notes["centre"] = made["id"]
    return str(made["links"]["self"])


def _submitted(walk: Walk) -> str:
    parts = {field: value(walk) if callable(value) else value for field, value in _ASKED.values()}
    path = _draft(walk, **parts)
    walk.by(_SECRETARY).step(path, "submit")
    return path


def _reviewed(walk: Walk) -> str:
    path = _submitted(walk)
    walk.by(_OFFICER).step(path, "accept_complete")
    return path


def _agreeable(walk: Walk) -> str:
    """A centre that awaits its agreement, which is signed."""
    path = _reviewed(walk)
    _two_reviews(walk)
    walk.by(_OFFICER).step(path, "recommend")
    agreement(walk)
    return path


def review(walk: Walk) -> str:
    """A favourable review by an expert of the register, recorded by an officer."""
    reviewer = walk.world.expert(walk.country, "Rosa Reviewer")["id"]
    body = {"reviewer_id": reviewer, "scores": _SCORES, "recommendation": "designate"}
    made = walk.create(_OFFICER, f"{_V1}/centres/{walk.notes['centre']}/reviews", **body)
    return str(made["links"]["self"])


def _two_reviews(walk: Walk) -> None:
    for _ in range(2):
        review(walk)


def agreement(walk: Walk, signed_at: str | None = "2026-11-01", **more: Any) -> str:
    """A host agreement: in force where it was signed."""
    parties = [{"name": name, "signatory": "Rector", "signed_at": signed_at} for name in ("The host", "The network")]
    body = {"centre_id": walk.notes["centre"], "kind": "host", "parties": parties, "document": DOCUMENT, **more}
    return str(walk.create(_SECRETARY, f"{_V1}/agreements", **body)["links"]["self"])


def endorsement(walk: Walk, level: int) -> None:
    """A verified endorsement of the country's ministry."""
    body = {"country": walk.country, "body": {"name": "Ministry", "kind": "ministry"}, "document": DOCUMENT}
    made = walk.create("government_focal_point", f"{V1['actions']}/endorsements", level=level, **body)
    walk.by(_OFFICER).step(made["links"]["self"], "verify")


def _of_a_draft(**more: Any) -> Any:
    def start(walk: Walk) -> str:
        _draft(walk)
        return agreement(walk, **more)

    return start


def _of_a_reviewed_centre(walk: Walk) -> str:
    _reviewed(walk)
    return review(walk)


def designated(walk: Walk) -> None:
    """A centre that is designated without an endorsement, which takes two."""
    path = _agreeable(walk)
    waiting = walk.by("admin").try_step(path, "designate", fields={"waiver": _WAIVER}).headers["location"]
    assert walk.by("admin2").send("POST", waiting, json={"decision": "confirm"}).status_code == 200


def _term_of_a_designated_centre(walk: Walk) -> str:
    designated(walk)
    (term,) = walk.by(_OFFICER).get(f"{_V1}/terms", centre_id=walk.notes["centre"])["items"]
    return str(term["links"]["self"])


def _close_centre(walk: Walk) -> None:
    walk.by("admin").step(f"{_V1}/centres/{walk.notes['centre']}", "close", reason="The host has closed")


def _completes(verb: str) -> tuple[Line, ...]:
    """The step asks for one part of the application after the other."""
    return tuple(
        refused(_SECRETARY, verb, code, change(_SECRETARY, **{field: value})) for code, (field, value) in _ASKED.items()
    )


def _designated_for(**term: Any) -> Line:
    return agreed("admin", "admin2", "designate", "active", waiver=_WAIVER, **term)


PATHS = (
    Path(
        "centres.committees",
        "FJ",
        committee,
        "proposed",
        (
            refused(_SECRETARY, "form", "president_missing", seat("president")),
            refused(_SECRETARY, "form", "secretary_missing", seat("secretary")),
            refused(_SECRETARY, "form", "host_missing", change(_SECRETARY, host_institution_id=host)),
            refused(_SECRETARY, "form", "decision_missing", change(_SECRETARY, decision=DOCUMENT)),
            taken(_SECRETARY, "form", "preparatory"),
            refused(_SECRETARY, "request_recognition", "bylaws_missing", change(_SECRETARY, bylaws=DOCUMENT)),
            refused(_SECRETARY, "request_recognition", "members_missing", seat("member")),
            refused(
                _SECRETARY,
                "request_recognition",
                "institutions_missing",
                change(_SECRETARY, partner_institution_ids=lambda walk: [host(walk)]),
            ),
            taken(_SECRETARY, "request_recognition", "recognition_review"),
            taken(_OFFICER, "return", "preparatory"),
            taken(_SECRETARY, "request_recognition", "recognition_review"),
            taken("admin", "recognise", "recognised"),
            taken(_OFFICER, "suspend", "suspended"),
            taken(_OFFICER, "reinstate", "recognised"),
            taken("admin", "dissolve", "dissolved"),
        ),
    ),
    Path("centres.committees", "WS", committee, "proposed", (taken(_OFFICER, "abandon", "abandoned"),)),
    Path("centres.seats", "TV", _on_a_committee(), "appointed", (taken(_SECRETARY, "end", "ended"),)),
    Path(
        "centres.seats",
        "NR",
        _on_a_committee(to="2026-01"),
        "appointed",
        (follows("expire", "ended", later("centres.end_seats")),),
    ),
    Path(
        "centres.centres",
        "VU",
        _draft,
        "draft",
        (
            *_completes("submit"),
            taken(_SECRETARY, "submit", "submitted"),
            taken(_OFFICER, "return_incomplete", "draft"),
            taken(_SECRETARY, "submit", "submitted"),
            taken(_OFFICER, "accept_complete", "under_review"),
            taken(_OFFICER, "request_info", "info_requested"),
            given(change(_SECRETARY, **{field: None for field, _ in _ASKED.values()})),
            *_completes("resubmit"),
            taken(_SECRETARY, "resubmit", "under_review"),
            refused(_OFFICER, "recommend", "reviews_missing", _two_reviews),
            taken(_OFFICER, "recommend", "awaiting_agreement"),
            refused("admin", "designate", "agreement_missing", agreement),
            refused("admin", "designate", "endorsement_missing", lambda walk: endorsement(walk, level=2)),
            refused("admin", "designate", "waiver_not_needed", waiver=_WAIVER),
            taken("admin", "designate", "active", starts="2023-01-01", ends=day(100)),
            follows("open_renewal", "renewal_due", later("centres.end_terms")),
            taken("admin", "suspend", "suspended"),
            taken("admin", "reinstate", "renewal_due"),
            refused(_SECRETARY, "submit_renewal", "final_report_missing"),
            refused(_SECRETARY, "submit_renewal", "evaluation_missing", final_report=DOCUMENT),
            taken(_SECRETARY, "submit_renewal", "renewal_review", final_report=DOCUMENT, evaluation=DOCUMENT),
            taken("admin", "renew", "active"),
            taken("admin", "close", "closed"),
        ),
    ),
    Path(
        "centres.centres",
        "TO",
        _agreeable,
        "awaiting_agreement",
        (
            _designated_for(starts="2023-01-01", ends=day(-30)),
            follows("expire", "expired", later("centres.end_terms")),
            taken("admin", "renew", "active"),
        ),
    ),
    Path(
        "centres.centres",
        "TO",
        _agreeable,
        "awaiting_agreement",
        (
            _designated_for(starts="2020-01-01", ends=day(-400)),
            follows("expire", "expired", later("centres.end_terms")),
            refused("admin", "renew", "renewal_too_late"),
            taken("admin", "close", "closed"),
        ),
    ),
    Path(
        "centres.centres",
        "TO",
        _agreeable,
        "awaiting_agreement",
        (
            _designated_for(starts="2023-01-01", ends=day(100)),
            follows("open_renewal", "renewal_due", later("centres.end_terms")),
            taken(_SECRETARY, "submit_renewal", "renewal_review", final_report=DOCUMENT, evaluation=DOCUMENT),
            taken("admin", "not_renew", "closed"),
        ),
    ),
    Path("centres.centres", "TO", _reviewed, "under_review", (taken(_OFFICER, "decline", "declined"),)),
    Path("centres.centres", "TO", _submitted, "submitted", (taken(_SECRETARY, "withdraw", "withdrawn"),)),
    Path("centres.terms", "TO", _term_of_a_designated_centre, "current", (follows("", "ended", _close_centre),)),
    Path("centres.reviews", "TO", _of_a_reviewed_centre, "recorded", ()),
    Path(
        "centres.agreements",
        "TO",
        _of_a_draft(signed_at=None),
        "drafting",
        (
            taken(_SECRETARY, "send", "in_negotiation"),
            taken(_SECRETARY, "sign", "partly_signed", party="The host"),
            taken(_SECRETARY, "sign", "in_force", party="The network"),
            taken("admin", "terminate", "terminated"),
        ),
    ),
    Path(
        "centres.agreements",
        "TO",
        _of_a_draft(effective="2024-01-01", expires=day(-1)),
        "in_force",
        (follows("expire", "expired", later("centres.expire_agreements")),),
    ),
)
