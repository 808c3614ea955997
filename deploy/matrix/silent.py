"""The facts of transitions that notify nobody, with the reasons, which a page names."""

from collections.abc import Mapping

from shared.contracts import access, actions, calendars, centres, membership, report, reporting, signing, support, tasks

_OF_MACHINES = "programs have no notifications"
_PUBLISHED = "the publication of the call notifies"
_BY_OWNER = "the owner's own transition, or an account that nobody has confirmed"
_UNDER_ERASURE = "no mail goes to a person whose erasure is open"
_OF_THE_OFFICE = (
    membership.BROADCAST_UPDATED, membership.BROADCAST_APPROVED, membership.BROADCAST_SENDING,
    membership.BROADCAST_PAUSED, membership.BROADCAST_CANCELLED, membership.BROADCAST_SENT, signing.INITIATIVE_OPEN,
    signing.INITIATIVE_CLOSED, signing.INITIATIVE_WITHDRAWN, membership.RETENTION_RULE_ACTIVATED,
    membership.RETENTION_RULE_RETIRED, signing.CERTIFICATE_TEMPLATE_ACTIVATED, signing.CERTIFICATE_TEMPLATE_RETIRED,
    centres.REVIEWER_ACCEPTED, centres.REVIEWER_DECLINED, membership.DUPLICATE_DISMISSED,
    membership.DUPLICATE_REOPENED, membership.MERGE_UNDONE, actions.INDICATOR_ACTIVATED, actions.INDICATOR_RETIRED,
    actions.VALIDATION_RULE_ACTIVATED, actions.VALIDATION_RULE_RETIRED, actions.SCHEME_CURRENT,
    actions.SCHEME_SUPERSEDED, support.SUPPORT_REQUEST_SUBMITTED, support.OFFER_DECLINED,
    centres.REPORT_TEMPLATE_ACTIVATED, centres.REPORT_TEMPLATE_RETIRED, centres.NETWORK_CLOSED,
    reporting.REPORT_TEMPLATE_ACTIVATED, reporting.REPORT_TEMPLATE_RETIRED,
)  # fmt: skip
_OF_THE_COMMITTEE = (
    centres.COMMITTEE_MEETING_HELD, centres.COMMITTEE_MEETING_APPROVED, centres.COMMITTEE_MEETING_CANCELLED,
    centres.DECISION_ADOPTED, centres.DECISION_REJECTED, centres.DECISION_DEFERRED,
)  # fmt: skip
NOBODY: Mapping[str, str] = {
    centres.EVALUATION_RESPONDED: "the office reads it in the evaluation",
    **dict.fromkeys(_OF_THE_COMMITTEE, "president and secretary of the committee enter it"),
    membership.EXPERT_INVITED: "the invitation is a mail of its own",
    membership.EXPERT_DECEASED: "the person has died",
    membership.EXPERT_ACCOUNT_UNLINKED: "the account has lost the record",
    membership.ERASURE_REQUESTED: _UNDER_ERASURE,
    membership.ERASURE_HELD: _UNDER_ERASURE,
    membership.ERASURE_CANCELLED: _UNDER_ERASURE,
    membership.ERASURE_RUNNING: _UNDER_ERASURE,
    membership.ERASURE_DONE: _UNDER_ERASURE,
    signing.CALL_OPENED: "the call is published",
    **dict.fromkeys((signing.CALL_DECIDED, signing.NOMINATION_SELECTED, signing.NOMINATION_NOT_SELECTED), _PUBLISHED),
    signing.NOMINATION_RECUSED: "the member's own transition",
    **dict.fromkeys(
        (
            signing.NOMINATION_AWAITING_NOMINATOR,
            signing.NOMINATION_NOMINATOR_CHANGED,
            signing.NOMINATION_APPEALED,
        ),
        "the nominee's own transition",
    ),
    centres.REVIEWER_INVITED: "the invitation is a mail of its own",
    centres.REVIEWER_COMPLETED: "the review notifies its reviewer",
    **dict.fromkeys(_OF_THE_OFFICE, "work of the office"),
    signing.CONGRESS_HELD: "each participation notifies its expert",
    signing.CONGRESS_CANCELLED: "the organisers write to those who registered",
    signing.PARTICIPATION_ABSENT: "nothing follows for the expert",
    signing.PARTICIPATION_SUPERSEDED: "another participation of the same expert counts",
    **dict.fromkeys((actions.PERIOD_OPEN, actions.PERIOD_CLOSED, actions.PERIOD_LOCKED), "the days are known before"),
    report.EDITION_CALL_OPENED: "the edition is published",
    report.EDITION_WRITING: "the day is known before",
    report.EDITION_FROZEN: "the editors froze it",
    report.EDITION_PUBLISHED: "the edition is published",
    report.EDITION_SUPERSEDED: "the edition is published",
    report.EDITION_RETRACTED: "the edition is published",
    report.CONTRIBUTION_PUBLISHED: "the edition was published",
    report.FIGURE_FROZEN: "the edition was frozen",
    report.FIGURE_LIVE: "the edition was thawed",
    report.FIGURE_DROPPED: "the editors dropped it",
    report.EDITION_ABANDONED: "each open contribution is dropped and notifies its authors",
    report.CONTRIBUTION_AUTHORSHIP_CONFIRMED: "the list of authors shows it",
    report.REVIEW_ROUND_ANSWERING: "each comment notifies the authors",
    report.REVIEW_ROUND_COMPLETE: "the editors' own transition",
    report.REVIEWER_COMPLETED: "the list of invitations shows it",
    report.COMMENT_RESOLVED: "the answer is taken as it is",
    **dict.fromkeys((report.NAMING_CONSENT_GIVEN, report.NAMING_CONSENT_WITHDRAWN), _BY_OWNER),
    report.COMMENT_WITHDRAWN: "nothing follows for the authors",
    report.CONTRIBUTION_VERSION_ADDED: "the submission notifies the editor",
    report.CONTRIBUTION_IN_REVIEW: "nothing follows for the authors until the editor returns it",
    actions.EVIDENCE_AVAILABLE: "the file is available, as is expected",
    **dict.fromkeys((tasks.TASK_IN_PROGRESS, tasks.TASK_DONE, tasks.TASK_VERIFIED), "the list of tasks shows it"),
    access.ACCOUNT_BREAK_GLASS_USED: "a mail of its own goes to all administrators",
    **dict.fromkeys(
        (membership.ACCESS_RECORDED, centres.ACCESS_RECORDED, actions.ACCESS_RECORDED, access.ACCESS_RECORDED),
        "the audit trail shows it to those who watch over it",
    ),
    access.ACCOUNT_SUSPENDED: "a suspended account gets no mail and cannot sign in",
    **dict.fromkeys(
        (access.ACCOUNT_ACTIVATED, access.ACCOUNT_CLOSED, access.SESSION_ENDED, calendars.CALENDAR_ENDED), _BY_OWNER
    ),
    **dict.fromkeys((access.WEBHOOK_ACTIVATED, access.WEBHOOK_PAUSED), "the owner's own transition"),
    **dict.fromkeys(
        (access.WEBHOOK_UPDATED, access.WEBHOOK_PINGED, access.WEBHOOK_ROTATED), "the owner's own transition"
    ),
    access.WEBHOOK_DISABLED: "a mail of its own goes to the owner",
    access.WEBHOOK_DELETED: "the owner's own transition",
    access.SESSION_EXPIRED: "the next sign-in shows it",
    access.AUTHORIZATION_ENDED: _BY_OWNER,
    **dict.fromkeys((access.FACTOR_ACTIVATED, access.FACTOR_EXPIRED), _BY_OWNER),
    access.FACTOR_UNLOCKED: "the lock was for a time that its notification says",
    **dict.fromkeys((access.IDENTITY_LINKED, access.IDENTITY_UNLINKED), _BY_OWNER),
    **dict.fromkeys(
        (
            access.IDENTITY_PROVIDER_TESTED,
            access.IDENTITY_PROVIDER_ACTIVATED,
            access.IDENTITY_PROVIDER_SUSPENDED,
            access.IDENTITY_PROVIDER_REINSTATED,
            access.IDENTITY_PROVIDER_RETIRED,
            access.SIGNING_KEY_ROTATED,
            access.SIGNING_KEY_REVOKED,
        ),
        _OF_MACHINES,
    ),
    **dict.fromkeys(
        (access.CLIENT_ACTIVATED, access.CLIENT_SUSPENDED, access.CLIENT_REINSTATED, access.CLIENT_REVOKED),
        _OF_MACHINES,
    ),
}
"""Why the facts of all other transitions notify nobody."""
