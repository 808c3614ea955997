"""Permissions in actions. Pure rules; rows are filtered by `visible`, transitions are defined by the lifecycles."""

from dataclasses import replace
from uuid import UUID

from shared.kernel.principal import Principal, RoleTable

_RESOURCES = (
    "frameworks programmes actions milestones endorsements correspondence government_bodies focal_points meetings"
    " countries evidence indicators periods extensions targets schemes results validation_rules support_requests"
    " assessments tasks task_comments"
    " report_templates reports report_sections delegations report_comments"
)


def _permissions(resources: str, verbs: str) -> frozenset[tuple[str, str]]:
    return frozenset((resource, verb) for resource in resources.split() for verb in verbs.split())


_READ_ALL = _permissions(_RESOURCES, "read history")
_PLAN = _permissions("programmes", "create update launch submit_plan")
_WORK = (
    _permissions("actions", "create update import")
    | _permissions("milestones", "create update import start claim drop")
    | _permissions("endorsements", "create update")
)
_PUBLISH = (
    _permissions("programmes", "update publish start pause resume complete")
    | _permissions("actions", "update publish approve start finish close suspend resume cancel")
    | _permissions("milestones", "verify refuse")
)
_TARGETS = _permissions("targets", "create update import")
_RESULTS = _permissions("results", "create update import submit discard")
_INDICATORS = _permissions("indicators", "create update") | _TARGETS | _RESULTS
_EVIDENCE = _permissions("evidence", "create update withdraw restore")
_REQUESTS = _permissions("support_requests", "create update submit cancel") | _permissions("offers", "read history")
_ASSESS = _permissions("assessments", "create update submit")
_TASKS = _permissions("tasks", "start complete") | _permissions("task_comments", "create")
_ALL_TASKS = _TASKS | _permissions("tasks", "create update assign verify reopen cancel")
_REPORTS = (
    _permissions("reports", "create update submit discard")
    | _permissions("report_sections", "update")
    | _permissions("report_comments", "answer")
)
_DELEGATE = _permissions("delegations", "create end")
_REVIEW = _permissions("reports", "take return clear") | _permissions("report_comments", "create resolve reopen")
_CHAPTER = _permissions("contributions", "read history")
_EDIT = (
    _permissions("contributions", "read history create update accept decline assign take return clear drop")
    | _permissions("review_rounds", "read history create update open close complete")
    | _permissions("reviewers", "read history create withdraw")
    | _permissions("comments", "read history create import reopen resolve")
    | _permissions("figures", "read history create update drop")
    | _permissions("builds", "read create")
    | _permissions("errata", "create")
)
COMMENTER, BLIND_COMMENTER = "contribution_commenter", "contribution_blind_commenter"
"""The roles of reviewers and officials over the contributions of a round, until it is complete: those who know the
authors, and those who do not. They are never granted."""
OPEN_AUTHOR, BLIND_AUTHOR = AUTHORS_OF_REPORT = ("contribution_author", "contribution_blind_author")
"""The roles of authors over the comments on their contributions: those who know who comments, and those who do not.
They are never granted."""
OWN_COMMENTS = "comment_owner"
"""The role of people over their own comments, by the id of their account. It is never granted."""
NATIONAL_OFFICES = frozenset(("government_focal_point", "national_author", "national_publisher"))
"""The roles of a country's officials, who do not review its chapter."""
OFFICIALS_WHO_COMMENT = ("government_focal_point", "national_publisher")
_COMMENT = _permissions("contributions review_rounds figures", "read") | _permissions("comments", "create")
_ANSWER = _permissions("comments", "read answer")
_LETTERS = _permissions("correspondence", "create update await reply close")
_OFFICIALS = (
    _permissions("government_bodies", "create update")
    | _permissions("focal_points", "create update accept hand_over end")
    | _permissions("meetings", "create update")
)

ROLES: RoleTable = {
    "secretariat_admin": frozenset({("*", "*")}),
    "secretariat_officer": _READ_ALL
    | _LETTERS
    | _OFFICIALS
    | _EVIDENCE
    | _permissions("endorsements", "create update publish verify withdraw replace")
    | _permissions("extensions", "create")
    | _ASSESS
    | _ALL_TASKS
    | _permissions("assessments", "publish supersede retract")
    | _permissions("results", "accept return")
    | _REVIEW
    | _permissions("programmes", "update publish approve return")
    | _permissions("milestones", "verify refuse")
    | _permissions("support_requests", "publish accept return decline start give_up deliver cancel")
    | _permissions("offers", "read history create withdraw")
    | _permissions("correspondence government_bodies focal_points meetings evidence", "publish"),
    "auditor": _permissions("*", "read history"),
    "reviewer": _READ_ALL | _ASSESS | _REVIEW,
    "committee_president": _READ_ALL | _PLAN | _EVIDENCE | _REQUESTS | _REPORTS | _DELEGATE | _ALL_TASKS,
    "committee_secretary": _READ_ALL | _PLAN | _EVIDENCE | _REQUESTS | _REPORTS | _DELEGATE | _ALL_TASKS,
    "government_focal_point": _READ_ALL
    | _CHAPTER
    | _permissions("comments", "import")
    | _ALL_TASKS
    | _LETTERS
    | _OFFICIALS
    | _EVIDENCE
    | _REQUESTS
    | _permissions("support_requests", "confirm dispute")
    | _permissions("offers", "confirm refuse")
    | _permissions("results", "approve return")
    | _permissions("assessments", "reply")
    | _permissions("endorsements", "create update"),
    "national_author": _READ_ALL
    | _CHAPTER
    | _PLAN
    | _WORK
    | _INDICATORS
    | _EVIDENCE
    | _REQUESTS
    | _REPORTS
    | _DELEGATE
    | _TASKS,
    "national_publisher": _READ_ALL
    | _CHAPTER
    | _permissions("contributions", "consent")
    | _permissions("comments", "import")
    | _TASKS
    | _PUBLISH
    | _EVIDENCE
    | _permissions("evidence", "publish")
    | _permissions("indicators", "publish retire")
    | _permissions("validation_rules", "create update publish retire")
    | _permissions("results", "approve return publish retract")
    | _permissions("reports", "publish retract")
    | _permissions("targets", "publish")
    | _permissions("offers", "read history")
    | _TARGETS,
    "editor_in_chief": _permissions(
        "editions",
        "read history update open_call close_call freeze thaw record_doi abandon verify_figures publish supersede"
        " retract",
    )
    | _EDIT,
    "editor": _permissions("editions", "read history") | _EDIT,
    "centre_director": _READ_ALL | _EVIDENCE | _RESULTS,
    "expert": _permissions("support_requests", "read deliver")
    | _permissions("offers", "read history accept decline")
    | _permissions("contributions", "read history create update confirm_authorship submit")
    | _permissions("reviewers", "read history accept complete decline")
    | _permissions("comments", "import")
    | _permissions("figures", "read")
    | _permissions("evidence", "read history")
    | _EVIDENCE,
    "institution_representative": _permissions("evidence", "read history") | _EVIDENCE,
    COMMENTER: _COMMENT,
    BLIND_COMMENTER: _COMMENT,
    OPEN_AUTHOR: _ANSWER,
    BLIND_AUTHOR: _ANSWER,
    OWN_COMMENTS: _permissions("comments", "read withdraw reopen resolve"),
    "api_client": _READ_ALL | _PLAN | _WORK | _INDICATORS | _LETTERS | _OFFICIALS | _EVIDENCE | _REPORTS | _TASKS,
}
"""Role → permissions. `publish` makes a record public; `waive` (only secretariat_admin) starts a programme without an
endorsement. Over evidence, a grant over an institution, a centre or an expert's own record covers the files that name
it in `scope_id`; over results, a grant over a centre covers those about it. A grant over an expert's own record covers
the expert's offers and the requests that they belong to. Over assessments, a grant over one record covers those of
which it is the subject. A grant over a report covers its sections, delegations and comments. A grant
over an edition covers its contributions and figures, and one over an expert's own record those of which the expert is
an author, with the figures of their editions. Who comments on a contribution reads the figures of its edition."""
AUTHOR = "national_author"
"""The role that a delegation gives over one report."""

_NATIONAL = frozenset(
    {
        "government_focal_point",
        "national_author",
        "national_publisher",
        "committee_president",
        "committee_secretary",
        "api_client",
    }
)


def speaks_for(principal: Principal, country: str) -> bool:
    """Whether a principal holds an office of this country, and therefore may not verify the country's claims."""
    return any(grant.role in _NATIONAL and country in grant.countries for grant in principal.grants)


def without_delegation(principal: Principal, report: UUID | None = None) -> Principal:
    """The same principal without the role that a delegation gives over a report, by default over any: authors have
    countries otherwise."""
    grants = tuple(
        one
        for one in principal.grants
        if (one.role, one.scope_kind) != (AUTHOR, "record") or (report is not None and one.scope_id != str(report))
    )
    return (
        replace(principal, grants=grants, _permission_scopes={}) if len(grants) < len(principal.grants) else principal
    )
