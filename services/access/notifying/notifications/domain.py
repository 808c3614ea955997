"""Which fact notifies whom, by which kind of notification."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from services.access.notifying.notifications.audience import Audience
from shared.contracts.registry import FACTS

WORK_KIND, WORK_EVENT = "work_list", "work_list.waiting"
"""The kind and the event of notifications of what waits for a step of the account."""
COMMENT_KIND = "global_report_comment"
"""The kind of notifications of comments on the Global Report."""
RETENTION = timedelta(days=365)
"""How long a notification is stored, read or not."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The kind of notification that a fact leads to, its event and its audiences. Without `is_mailed`, it is in the
    list alone, whatever delivery its person chose."""

    kind: str
    event: str
    audiences: tuple[Audience, ...]
    is_mailed: bool = True


def event_of(fact_type: str) -> str:
    """Entity and state of a fact: `expert.applied`."""
    return ".".join(fact_type.split(".")[2:4])


def _notices(
    kind: str, *audiences: Audience, of: str, event: str | None = None, is_mailed: bool = True
) -> Iterator[tuple[str, Notice]]:
    """The same notice for each of these facts, of which `of` names entity and states, as in `centres.seat ended`. The
    event is that of the fact by default."""
    entity, *states = of.split()
    for fact in (f"escm.{entity}.{state}.v1" for state in states):
        yield fact, Notice(kind, event or event_of(fact), audiences, is_mailed)


def _by_fact(notices: Iterable[tuple[str, Notice]]) -> Mapping[str, tuple[Notice, ...]]:
    found: dict[str, tuple[Notice, ...]] = {}
    for fact, notice in notices:
        found[fact] = (*found.get(fact, ()), notice)
    return found


_A = Audience
_OF_CENTRE = (_A.AUTHOR, _A.DIRECTOR)
_OF_TERM = (*_OF_CENTRE, _A.HOST)
_OF_ANNUAL_REPORT = (_A.REPORT_DIRECTOR, _A.REPORT_HOST)
_OF_PROGRAMME = (_A.AUTHOR, _A.COMMITTEE)
_OF_LETTER = (_A.AUTHOR, _A.GOVERNMENT)
_OF_SUPPORT = (_A.AUTHOR, _A.GOVERNMENT, _A.HELPING)
_PARTNERS = (_A.PARTNERS, _A.PARTNER_REPRESENTATIVES)
_PROPOSED = ".transition_proposed.v1"
_PROPOSALS = tuple(
    notice
    for entity in sorted(fact.split(".", 1)[1].removesuffix(_PROPOSED) for fact in FACTS if fact.endswith(_PROPOSED))
    for state, event, audience in (
        ("proposed", "made", _A.SECOND_PERSON),
        ("confirmed", "confirmed", _A.PROPOSER),
        ("declined", "declined", _A.PROPOSER),
        ("expired", "expired", _A.PROPOSER),
    )
    for notice in _notices("proposal", audience, of=f"{entity} transition_{state}", event=f"proposal.{event}")
)
NOTICES: Mapping[str, tuple[Notice, ...]] = _by_fact(
    (
        *_notices(
            "expert_application",
            _A.EXPERT,
            of="membership.expert applied info_requested under_review activated rejected",
        ),
        *_notices(
            "expert_term",
            _A.EXPERT,
            of="membership.expert grace lapsed renewed suspended reinstated resigned terminated term_ending",
        ),
        *_notices(
            "expert_profile", _A.EXPERT, of="membership.expert account_linked profile_due restricted restriction_lifted"
        ),
        *_notices("declaration", _A.EXPERT, of="membership.expert declaration_due"),
        *_notices("declaration", _A.DECLARANT, of="membership.declaration signed cleared managed excluded superseded"),
        *_notices("consent", _A.CONSENTING, of="membership.consent withdrawn superseded"),
        *_notices("congress", _A.PARTICIPANT, of="membership.participation attended"),
        *_notices("support", _A.SUPPORTER, of="membership.support accepted rejected withdrawn annulled reinstated"),
        *_notices(
            "certificate",
            _A.CERTIFIED,
            of="membership.certificate created suspended reinstated revoked expired replaced",
        ),
        *_notices(
            "institution",
            _A.AUTHOR,
            _A.REPRESENTATIVES,
            of="membership.institution verified linked out_of_scope inactivated withdrawn",
        ),
        *_notices(
            "committee",
            _A.AUTHOR,
            _A.COMMITTEE,
            of="centres.committee formed preparatory recognition_review recognised suspended reinstated dissolved"
            " abandoned",
        ),
        *_notices("seat", _A.SEATED, of="centres.seat appointed ended"),
        *_notices("seat", _A.SEATED, _A.COMMITTEE, of="centres.seat ending"),
        *_notices(
            "centre_application",
            *_OF_CENTRE,
            of="centres.centre draft submitted under_review info_requested awaiting_agreement declined designated"
            " withdrawn",
        ),
        *_notices(
            "centre_term",
            *_OF_TERM,
            of="centres.centre renewal_due renewal_review renewed suspended reinstated expired closed",
        ),
        *_notices("centre_application", _A.CENTRE_HOLDER, of="centres.centre stage_overdue"),
        *_notices("centre_term", *_OF_TERM, of="centres.centre renewal_reminder", event="centre.renewal_due"),
        *_notices("centre_term", *_OF_TERM, of="centres.centre renamed moved host_changed director_changed"),
        *_notices("centre_term", _A.CENTRE_SECRETARIAT, of="centres.centre suspension_proposed review_due"),
        *_notices(
            "report",
            *_OF_ANNUAL_REPORT,
            of="centres.annual_report draft submitted accepted waived report_due report_late",
        ),
        *_notices("report", *_OF_ANNUAL_REPORT, of="centres.annual_report overdue", is_mailed=False),
        *_notices("partnership", *_PARTNERS, of="centres.partnership created activated declined ended"),
        *_notices("review", _A.REVIEWER, of="centres.review created"),
        *_notices("review", _A.INVITED, of="centres.reviewer replaced ended review_due"),
        *_notices("evaluation", _A.EVALUATORS, of="centres.evaluation in_progress cancelled"),
        *_notices("evaluation", _A.EVALUATED, of="centres.evaluation completed"),
        *_notices("call", _A.NOMINEES, of="membership.call extended published cancelled"),
        *_notices("call", _A.PANEL, of="membership.call assessing"),
        *_notices(
            "nomination", _A.NOMINEE, of="membership.nomination nominated declined lapsed extended appeal_answered"
        ),
        *_notices(
            "agreement",
            _A.AUTHOR,
            _A.AGREEMENT_DIRECTOR,
            _A.AGREEMENT_HOST,
            of="centres.agreement in_negotiation partly_signed in_force expired terminated expiring",
        ),
        *_notices(
            "programme",
            *_OF_PROGRAMME,
            _A.GOVERNMENT,
            of="actions.programme designing plan_review approved implementing paused completed discontinued",
        ),
        *_notices(
            "action", *_OF_PROGRAMME, of="actions.action planned in_progress finalising closed suspended cancelled"
        ),
        *_notices("milestone", _A.AUTHOR, of="actions.milestone in_progress claimed done dropped"),
        *_notices(
            "result",
            _A.AUTHOR,
            of="actions.result draft submitted approved accepted published superseded retracted discarded",
        ),
        *_notices("assessment", _A.AUTHOR, of="actions.assessment replied"),
        *_notices(
            "assessment", _A.AUTHOR, _A.GOVERNMENT, of="actions.assessment submitted published superseded retracted"
        ),
        *_notices(
            "progress_report",
            *_OF_PROGRAMME,
            of="actions.report submitted in_review changes_requested cleared published superseded retracted discarded",
        ),
        *_notices("progress_report", *_OF_PROGRAMME, _A.DELEGATES, of="actions.report report_due report_late"),
        *_notices("progress_report", *_OF_PROGRAMME, of="actions.report overdue", is_mailed=False),
        *_notices("progress_report", *_OF_PROGRAMME, _A.GOVERNMENT, of="actions.programme report_due report_late"),
        *_notices("progress_report", _A.DELEGATED, of="actions.delegation created ended"),
        *_notices("progress_report", _A.REPORT_AUTHOR, of="actions.report_comment created resolved open"),
        *_notices("progress_report", _A.AUTHOR, of="actions.report_comment answered"),
        *_notices(
            "global_report", _A.EDITION_EDITORS, _A.ANSWERING_AUTHORS, of="actions.edition review_due review_late"
        ),
        *_notices("global_report", _A.EDITION_EDITORS, _A.WRITING_AUTHORS, of="actions.edition final_due final_late"),
        *_notices("global_report", _A.CONTRIBUTION_EDITOR, of="actions.contribution created assigned submitted"),
        *_notices("global_report", _A.CONTRIBUTORS, of="actions.contribution draft declined dropped deadline_near"),
        *_notices("global_report", _A.CONTRIBUTORS, _A.CONTRIBUTION_EDITOR, of="actions.contribution deadline_passed"),
        *_notices("global_report", _A.CONTRIBUTORS, of="actions.contribution changes_requested cleared corrected"),
        *_notices("global_report", _A.CONTRIBUTION_EDITOR, of="actions.contribution consented"),
        *_notices("global_report", _A.CONTRIBUTION_REVIEWER, of="actions.reviewer created withdrawn round_closing"),
        *_notices("global_report", _A.REVIEW_EDITORS, of="actions.reviewer accepted declined"),
        *_notices("global_report", _A.REVIEWING_OFFICIALS, of="actions.review_round opened closing"),
        *_notices(COMMENT_KIND, _A.COMMENTED_AUTHORS, _A.COMMENTED_EDITORS, of="actions.comment created"),
        *_notices(COMMENT_KIND, _A.COMMENTED_AUTHORS, of="actions.comment reopened"),
        *_notices(COMMENT_KIND, _A.COMMENTER, of="actions.comment answered"),
        *_notices("evidence", _A.AUTHOR, of="actions.evidence superseded withdrawn purged"),
        *_notices("evidence", _A.UPLOADER, of="actions.evidence quarantined"),
        *_notices("endorsement", *_OF_LETTER, of="actions.endorsement verified expired withdrawn superseded"),
        *_notices("correspondence", *_OF_LETTER, of="actions.correspondence awaiting_reply answered closed"),
        *_notices(
            "support_request",
            *_OF_SUPPORT,
            of="actions.support_request draft matching declined unmatched in_delivery delivered closed cancelled",
        ),
        *_notices("support_request", *_OF_SUPPORT, _A.SUPPORT_OFFICE, of="actions.support_request overdue"),
        *_notices("support_request", _A.GOVERNMENT, of="actions.offer accepted"),
        *_notices("support_offer", _A.ASKED, of="actions.offer created confirmed refused expired withdrawn"),
        *_notices("task", _A.TASK_OWNER, of="actions.task created assigned open cancelled overdue"),
        *_notices("task", _A.COMMENTED_OWNER, of="actions.task_comment created"),
        *_notices("focal_point", _A.FOCAL_POINT, of="actions.focal_point activated handing_over ended"),
        *_notices("focal_point", _A.COUNTRY_OFFICE, of="actions.focal_point vacant"),
        *_notices("account", _A.OWNER, of="access.account reinstated"),
        *_notices("grant", _A.GRANTED, of="access.grant created activated", event="grant.activated"),
        *_notices("grant", _A.HOLDER, of="access.grant updated revoked expired"),
        *_notices("client", _A.CLIENT_PEOPLE, _A.GOVERNMENT, of="access.client deprecation_due secret_expiry_due"),
        *_notices("api_key", _A.KEY_OWNER, of="access.api_key suspended activated revoked expired"),
        *_notices("factor", _A.FACTOR_OWNER, of="access.factor removed locked"),
        *_notices("message", _A.EXPERT_APPLICANT, of="membership.message created"),
        *_notices("message", _A.EXPERT_OFFICE, of="membership.message created", is_mailed=False),
        *_notices("message", _A.CENTRE_APPLICANT, of="centres.message created"),
        *_notices("message", _A.CENTRE_OFFICE, of="centres.message created", is_mailed=False),
        *_PROPOSALS,
        *_notices("proposal", _A.GRANT_SECOND_PERSON, of="access.grant created", event="proposal.made"),
        *_notices("grant", _A.GRANT_WAITING, of="access.grant created", event="grant.waiting"),
        *_notices("proposal", _A.GRANT_CONFIRMERS, of="access.grant created", event="grant.proposed"),
        *_notices("proposal", _A.ERASURE_SECOND_PERSON, of="membership.erasure created", event="proposal.made"),
        *_notices("proposal", _A.GRANT_PROPOSER, of="access.grant activated", event="proposal.confirmed"),
        *_notices("proposal", _A.GRANT_PROPOSER, of="access.grant revoked", event="proposal.declined"),
        *_notices("proposal", _A.GRANT_PROPOSER, of="access.grant expired", event="proposal.expired"),
    )
)
"""What each fact notifies of."""
WAITING = Notice(WORK_KIND, WORK_EVENT, ())
"""Not of a fact: the work list says for whom something waits."""
EVERY_NOTICE = (*(notice for notices in NOTICES.values() for notice in notices), WAITING)
KINDS = tuple(dict.fromkeys(notice.kind for notice in EVERY_NOTICE))
"""The kinds of notification, for which people choose a delivery."""
