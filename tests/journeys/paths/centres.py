"""The paths of centres: committees and their seats, centres with reviews and terms, agreements."""

from typing import Any

from tests.journeys.paths import evidence, forms
from tests.journeys.paths.path import (
    Line,
    Path,
    PathRun,
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
from tests.support.running import Person, eventually

_V1 = V1["centres"]
_SECRETARY, _OFFICER = "committee_secretary", "secretariat_officer"
_WAIVER = {"reason": "The government is being formed"}
_PAPERS = {"final_report": DOCUMENT, "evaluation": DOCUMENT}
_SCORES = {"relevance": 5, "capacity": 4, "governance": 4, "plan": 5}


def host(path_run: PathRun) -> str:
    """The institution of the run."""
    if "host" not in path_run.notes:
        path_run.notes["host"] = path_run.world.institution(path_run.country, f"University of {path_run.country}")["id"]
    return str(path_run.notes["host"])


def committee(path_run: PathRun, **more: Any) -> str:
    """A proposed committee."""
    body = {"country": path_run.country, "names": {"en": f"Committee of {path_run.country}"}, **more}
    made = path_run.create(_SECRETARY, f"{_V1}/committees", **body)
    path_run.notes["committee"] = made["id"]
    return str(made["links"]["self"])


def seat(office: str, **more: Any) -> Any:
    """The act of appointing a person to an office of the run's committee."""

    def appoint(path_run: PathRun) -> str:
        body = {
            "committee_id": path_run.notes["committee"],
            "person": {"name": f"The {office}"},
            "office": office,
            **more,
        }
        return str(path_run.create(_SECRETARY, f"{_V1}/seats", **body)["links"]["self"])

    return appoint


def _on_a_committee(**more: Any) -> Any:
    def start(path_run: PathRun) -> str:
        committee(path_run)
        return str(seat("member", **more)(path_run))

    return start


_ASKED = {
    "unit_missing": ("unit", "Faculty of Science"),
    "director_missing": (
        "director_id",
        lambda path_run: path_run.world.expert(path_run.country, "Dora Director")["id"],
    ),
    "terms_of_reference_missing": ("terms_of_reference", DOCUMENT),
    "work_plan_missing": ("work_plan", DOCUMENT),
    "host_letter_missing": ("host_letter", evidence.document),
}
"""The codes of missing parts of an application, and the act that provides each."""


def _draft(path_run: PathRun, **more: Any) -> str:
    body = {
        "country": path_run.country,
        "names": {"en": f"Centre of {path_run.country}"},
        "host_institution_id": host(path_run),
    }
    made = path_run.create(_SECRETARY, f"{_V1}/centres", **body, **more)
    path_run.notes["centre"] = made["id"]
    return str(made["links"]["self"])


def _submitted(path_run: PathRun) -> str:
    parts = {field: value(path_run) if callable(value) else value for field, value in _ASKED.values()}
    path = _draft(path_run, **parts)
    path_run.by(_SECRETARY).step(path, "submit")
    return path


def _directed(path_run: PathRun) -> str:
    """A submitted application whose director has an account."""
    path, director = _submitted(path_run), path_run.world.person("Dora Director")
    path_run.notes["director"] = director
    expert = path_run.by(_OFFICER).get(path)["director_id"]
    address = f"{V1['membership']}/experts/{expert}"
    path_run.by("admin").step(address, "link_account", fields={"account_id": director.account})
    return path


def _account(who: str) -> Any:
    return lambda path_run: path_run.by(who).account


def reviewed(path_run: PathRun) -> str:
    """A complete application, which waits for its reviews."""
    path = _submitted(path_run)
    path_run.by(_OFFICER).step(path, "accept_complete")
    return path


def agreeable(path_run: PathRun, path: str = "") -> str:
    """A centre that waits for its agreement, which is signed; by default a new one."""
    path = path or reviewed(path_run)
    _two_reviews(path_run)
    path_run.by(_OFFICER).step(path, "recommend")
    agreement(path_run)
    return path


def review(path_run: PathRun, reviewer: str = "") -> str:
    """A favourable review by an expert of the register, recorded by an officer."""
    reviewer = reviewer or path_run.world.expert(path_run.country, "Rosa Reviewer")["id"]
    body = {"reviewer_id": reviewer, "scores": _SCORES, "recommendation": "designate"}
    made = path_run.create(_OFFICER, f"{_V1}/centres/{path_run.notes['centre']}/reviews", **body)
    return str(made["links"]["self"])


def _invited(path_run: PathRun) -> str:
    """The invitation of an expert with an account to review a centre."""
    centre, person = reviewed(path_run), path_run.world.person("Rosa Reviewer")
    expert = path_run.notes["expert"] = path_run.world.expert(path_run.country, "Rosa Reviewer")["id"]
    path_run.notes["reviewer"] = person
    path = f"{V1['membership']}/experts/{expert}"
    path_run.by("admin").step(path, "link_account", fields={"account_id": person.account})
    made = path_run.create(_OFFICER, f"{centre}/reviewers", expert_id=expert, due=day(30))
    eventually(lambda: person.look(made["links"]["self"]).status_code == 200)
    return str(made["links"]["self"])


def _decline_centre(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(f"{_V1}/centres/{path_run.notes['centre']}", "decline", reason="Too early")


def _two_reviews(path_run: PathRun) -> None:
    for _ in range(2):
        review(path_run)


def agreement(path_run: PathRun, signed_at: str | None = "2026-11-01", **more: Any) -> str:
    """A host agreement: a draft of the committee, or one that was signed on paper and that an officer enters."""
    signed = {"signatory": "Rector", "signed_at": signed_at}
    parties = [{"name": "The host", "institution_id": host(path_run), **signed}, {"name": "The network", **signed}]
    body = {"centre_id": path_run.notes["centre"], "kind": "host", "parties": parties, "document": DOCUMENT, **more}
    return str(path_run.create(_OFFICER if signed_at else _SECRETARY, f"{_V1}/agreements", **body)["links"]["self"])


def representative(path_run: PathRun) -> Person:
    """Somebody whom an officer of the country appoints as representative of the host."""
    person = path_run.world.person("Rita Representative")
    holder, scope = {"kind": "account", "id": person.account}, {"scope_kind": "institution", "scope_id": host(path_run)}
    asked = {"principal": holder, "role": "institution_representative", **scope}
    assert path_run.create(_OFFICER, f"{V1['access']}/grants", **asked)["status"] == "active"
    return person


def endorsement(path_run: PathRun, level: int) -> None:
    """A verified endorsement of the country's ministry."""
    body = {"country": path_run.country, "body": {"name": "Ministry", "kind": "ministry"}, "document": DOCUMENT}
    made = path_run.create("government_focal_point", f"{V1['actions']}/endorsements", level=level, **body)
    path_run.by(_OFFICER).step(made["links"]["self"], "verify")


def _of_a_draft(**more: Any) -> Any:
    def start(path_run: PathRun) -> str:
        _draft(path_run)
        return agreement(path_run, **more)

    return start


def _to_be_signed(path_run: PathRun) -> str:
    """The draft of an agreement, whose host has a representative."""
    _draft(path_run)
    path_run.notes["representative"] = representative(path_run)
    return agreement(path_run, signed_at=None)


def _message(audience: str) -> Any:
    """A message on the file of a centre."""

    def post(path_run: PathRun) -> str:
        path = f"{_draft(path_run)}/messages"
        return str(path_run.create(_OFFICER, path, text="Which budget?", audience=audience)["links"]["self"])

    return post


def _of_a_reviewed_centre(path_run: PathRun) -> str:
    reviewed(path_run)
    return review(path_run)


def designated(path_run: PathRun, path: str = "", **term: Any) -> None:
    """A centre designated without an endorsement, which needs two persons; by default a new one."""
    path, fields = path or agreeable(path_run), {"waiver": _WAIVER, **term}
    waiting = path_run.by("admin").try_step(path, "designate", fields=fields).headers["location"]
    assert path_run.by("admin2").send("POST", waiting, json={"decision": "confirm"}).status_code == 200


def _term_of_a_designated_centre(path_run: PathRun) -> str:
    designated(path_run)
    (term,) = path_run.by(_OFFICER).get(f"{_V1}/terms", centre_id=path_run.notes["centre"])["items"]
    return str(term["links"]["self"])


def close_centre(path_run: PathRun) -> None:
    """The run's centre closes."""
    path_run.by("admin").step(f"{_V1}/centres/{path_run.notes['centre']}", "close", reason="The host has closed")


def _waive_years(path_run: PathRun) -> None:
    """Waives the reports about years of the term that have ended."""
    owed = path_run.by("admin").get(f"{_V1}/annual_reports", centre_id=path_run.notes["centre"], status="due")["items"]
    for report in owed:
        if report["kind"] == "annual" and report["period"]["ends"] < day():
            path_run.by("admin").step(report["links"]["self"], "waive", reason="Reported on paper")


def _decision(path_run: PathRun) -> str:
    """The id of a draft decision of the country's committee, which can be adopted."""
    if "decision" not in path_run.notes:
        committee(path_run)
        present = [seat("member")(path_run).rsplit("/", 1)[1]]
        body = {"committee_id": path_run.notes["committee"], "kind": "online", "starts": day(), "present": present}
        meeting = path_run.create(_SECRETARY, f"{_V1}/committee_meetings", **body)
        path_run.by(_SECRETARY).step(meeting["links"]["self"], "hold")
        draft = {"meeting_id": meeting["id"], "titles": {"en": "Renewal"}, "votes": {"for": 1}}
        path_run.notes["decision"] = path_run.create(_SECRETARY, f"{_V1}/decisions", **draft)
    return str(path_run.notes["decision"]["id"])


def _adopt(path_run: PathRun) -> None:
    path_run.by(_SECRETARY).step(path_run.notes["decision"]["links"]["self"], "adopt")


def _completes(verb: str) -> tuple[Line, ...]:
    """The transition needs one part of the application after the other, the answers, and available files."""
    return (
        *(
            refused(_SECRETARY, verb, code, change(_SECRETARY, **{field: value}))
            for code, (field, value) in _ASKED.items()
        ),
        refused(_SECRETARY, verb, "answers_missing", change(_SECRETARY, application_answers=forms.ANSWERED)),
        *_needs_evidence(_SECRETARY, verb),
    )


def _needs_evidence(by: str, verb: str) -> tuple[Line, ...]:
    return given(evidence.withdraw), refused(by, verb, "evidence_not_available", evidence.restore)


def _take_back_the_unit(path_run: PathRun) -> None:
    fields = {"unit": _ASKED["unit_missing"][1], "effective": day()}
    path_run.by(_OFFICER).step(path_run.record, "change", reason="It stays", fields=fields)


def _another(path_run: PathRun) -> str:
    """Another institution of the run."""
    if "another" not in path_run.notes:
        path_run.notes["another"] = path_run.world.institution(path_run.country, "Institute of Reefs")["id"]
    return str(path_run.notes["another"])


def _agree_with_another(path_run: PathRun) -> None:
    party = {"name": "The other host", "institution_id": _another(path_run), "signed_at": "2026-11-01"}
    agreement(path_run, parties=[party])


_ANOTHER = {"host_institution_id": _another, "effective": day()}


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
            refused(_SECRETARY, "form", "decision_missing", change(_SECRETARY, decision=evidence.document)),
            *_needs_evidence(_SECRETARY, "form"),
            taken(_SECRETARY, "form", "preparatory"),
            refused(_SECRETARY, "request_recognition", "bylaws_missing", change(_SECRETARY, bylaws=evidence.document)),
            refused(_SECRETARY, "request_recognition", "members_missing", seat("member")),
            refused(
                _SECRETARY,
                "request_recognition",
                "institutions_missing",
                change(_SECRETARY, partner_institution_ids=lambda path_run: [host(path_run)]),
            ),
            *_needs_evidence(_SECRETARY, "request_recognition"),
            taken(_SECRETARY, "request_recognition", "recognition_review"),
            taken(_OFFICER, "return", "preparatory"),
            taken(_SECRETARY, "request_recognition", "recognition_review"),
            *_needs_evidence("admin", "recognise"),
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
            given(forms.activate("application")),
            *_completes("submit"),
            taken(_SECRETARY, "submit", "submitted"),
            taken(_OFFICER, "return_incomplete", "draft"),
            taken(_SECRETARY, "submit", "submitted"),
            taken(_OFFICER, "accept_complete", "under_review"),
            taken(_OFFICER, "request_info", "info_requested"),
            given(
                change(_SECRETARY, **{field: None for field, _ in _ASKED.values()}, application_answers={"staff": None})
            ),
            *_completes("resubmit"),
            taken(_SECRETARY, "resubmit", "under_review"),
            given(forms.retire("application")),
            refused(_OFFICER, "recommend", "reviews_missing", _two_reviews),
            taken(_OFFICER, "recommend", "awaiting_agreement"),
            refused("admin", "designate", "agreement_missing", agreement),
            refused("admin", "designate", "endorsement_missing", lambda path_run: endorsement(path_run, level=2)),
            refused("admin", "designate", "waiver_not_needed", waiver=_WAIVER),
            taken("admin", "designate", "active", starts="2023-01-01", ends=day(100)),
            taken(_OFFICER, "change", "active", names={"en": "Centre for Reefs"}, effective=day()),
            taken(_OFFICER, "change", "active", unit="Institute of Reefs", effective=day(10)),
            refused(_OFFICER, "change", "change_pending", _take_back_the_unit, address="1 Road", effective=day(10)),
            taken(_OFFICER, "change", "active", address="1 Road", effective=day(10)),
            refused("admin", "change", "agreement_missing", _agree_with_another, **_ANOTHER),
            taken("admin", "change", "active", **_ANOTHER),
            follows("open_renewal", "renewal_due", later("centres.end_terms")),
            taken("admin", "suspend", "suspended"),
            taken("admin", "reinstate", "renewal_due"),
            refused(_SECRETARY, "submit_renewal", "final_report_missing"),
            refused(_SECRETARY, "submit_renewal", "evaluation_missing", final_report=DOCUMENT),
            refused(_SECRETARY, "submit_renewal", "annual_report_missing", _waive_years, **_PAPERS),
            taken(_SECRETARY, "submit_renewal", "renewal_review", **_PAPERS),
            refused("admin", "renew", "decision_missing", _adopt, decision_id=_decision),
            taken("admin", "renew", "active", decision_id=_decision),
            taken("admin", "close", "closed"),
        ),
    ),
    Path(
        "centres.centres",
        "TO",
        agreeable,
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
        agreeable,
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
        agreeable,
        "awaiting_agreement",
        (
            _designated_for(starts="2023-01-01", ends=day(100)),
            follows("open_renewal", "renewal_due", later("centres.end_terms")),
            given(_waive_years),
            taken(_SECRETARY, "submit_renewal", "renewal_review", **_PAPERS),
            taken("admin", "not_renew", "closed"),
        ),
    ),
    Path("centres.centres", "TO", reviewed, "under_review", (taken(_OFFICER, "decline", "declined"),)),
    Path("centres.centres", "TO", _submitted, "submitted", (taken(_SECRETARY, "withdraw", "withdrawn"),)),
    Path(
        "centres.centres",
        "TO",
        _directed,
        "submitted",
        (
            refused(_OFFICER, "assign", "is_the_applicant", officer=_account("director")),
            refused(_OFFICER, "assign", "officer_not_entitled", officer=_account(_SECRETARY)),
            taken(_OFFICER, "assign", "submitted", officer=_account(_OFFICER)),
        ),
    ),
    Path("centres.terms", "TO", _term_of_a_designated_centre, "current", (follows("", "ended", close_centre),)),
    Path("centres.messages", "TO", _message("file"), "sent", ()),
    Path("centres.internal_messages", "TO", _message("internal"), "sent", ()),
    Path("centres.reviews", "TO", _of_a_reviewed_centre, "recorded", ()),
    Path(
        "centres.reviewers",
        "TO",
        _invited,
        "invited",
        (
            refused("admin", "accept", "not_the_reviewer"),
            taken("reviewer", "accept", "accepted"),
            follows("complete", "completed", lambda path_run: review(path_run, path_run.notes["expert"])),
            follows("end", "ended", _decline_centre),
        ),
    ),
    Path(
        "centres.reviewers",
        "TO",
        _invited,
        "invited",
        (refused("admin", "decline", "not_the_reviewer"), taken("reviewer", "decline", "declined")),
    ),
    Path(
        "centres.reviewers",
        "TO",
        _invited,
        "invited",
        (
            taken(
                _OFFICER,
                "replace",
                "replaced",
                expert_id=lambda path_run: path_run.world.expert(path_run.country, "Sven Successor")["id"],
                due=day(20),
            ),
        ),
    ),
    Path(
        "centres.agreements",
        "TO",
        _to_be_signed,
        "drafting",
        (
            taken(_SECRETARY, "send", "in_negotiation"),
            refused("secretariat", "sign", "signer_is_a_client", party="The network"),
            refused("representative", "sign", "other_side_signs", party="The network"),
            taken("representative", "sign", "partly_signed"),
            refused("representative", "sign", "signed_for_another_side"),
            taken(_OFFICER, "sign", "in_force"),
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
