"""The views that each service publishes of its tables for other services, with their guaranteed columns, and a function
that is the same for every caller.

A view may gain columns; it never loses or renames one. Only this module names the view of another service.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    TableClause,
    Text,
    Uuid,
    column,
    func,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import TableValuedAlias

_TYPES: Mapping[str, Any] = {
    "id": Uuid, "text": Text, "texts": ARRAY(Text), "ids": ARRAY(Uuid), "integer": Integer, "smallint": SmallInteger,
    "bigint": BigInteger, "flag": Boolean, "day": Date, "instant": DateTime(timezone=True), "bytes": LargeBinary,
    "json": JSONB,
}  # fmt: skip
_RECORD = {
    "id": "id", "ref": "text", "version": "integer", "status": "text", "country": "text", "visibility": "text",
}  # fmt: skip


def _view(view: str, /, **columns: str) -> TableClause:
    return table(view, *(column(each, _TYPES[kind]) for each, kind in columns.items()), schema="escm")


EXPERTS = _view(
    "member_published_expert", **_RECORD, display_name="text", account_id="id", merged_into="id", erased_at="instant"
)
"""Every expert, including merged and erased ones."""
ORCID_IDS = _view("member_published_orcid", id="id", orcid="text")
"""The ORCID iDs of experts, without merged and erased ones."""
AVAILABLE_EXPERTS = _view("member_published_available_expert", **_RECORD, display_name="text")
"""Every active expert who is available for support; none that is merged, erased or restricted."""
EXPERTISE = _view(
    "member_published_expertise", id="id", status="text", country="text", visibility="text", kind="text", value="text"
)
"""What available experts work on, and in which languages: a row for each value of an expert. `kind` is `field`,
`boundary`, `ecosystem`, `keyword` (folded) or `language`; `id` is that of the expert."""
INSTITUTIONS = _view(
    "member_published_institution", **_RECORD, display_name="text", ror="text", merged_into="id", domains="texts",
    created_by="text",
)  # fmt: skip
"""Every institution, including merged ones."""
ACCOUNTS = _view(
    "access_published_account", id="id", email="text", email_key="text", is_verified="flag", language="text"
)
"""Every active account: its mail address and language."""
FORMER_ADDRESSES = _view("access_published_former_address", account_id="id", digest="bytes")
"""Digests of the folded addresses from which people moved their accounts in the last 30 days."""
DECLARATIONS = _view("member_published_declaration", **_RECORD, expert_id="id")
"""Every declaration of interests, without its content."""
CONSENTS = _view("member_published_consent", **_RECORD, expert_id="id")
"""Every consent of an expert, without its proof."""
ERASURES = _view("member_published_erasure", **_RECORD, second_person="id")
"""Every erasure, with the account that was named to confirm it."""
PARTICIPATIONS = _view("member_published_participation", **_RECORD, congress_id="id", expert_id="id", role="text")
"""Every participation in a congress."""
CERTIFICATES = _view(
    "member_published_certificate", **_RECORD, kind="text", expert_id="id", institution_id="id", centre_id="id"
)
"""Every certificate, without the holder's name and its code."""
SUPPORTS = _view("member_published_support", **_RECORD, initiative_id="id", expert_id="id", institution_id="id")
"""Every support of an initiative, without its signer."""
EXPERT_MESSAGES = _view("member_published_message", **_RECORD, expert_id="id", account_id="id", assignee="id")
"""Every message on the file of an expert except internal ones, without its text, with the accounts of the expert and of
the officer who handles the file."""
CALLS = _view("member_published_call", **_RECORD)
"""Every call."""
NOMINATIONS = _view("member_published_nomination", **_RECORD, call_id="id", expert_id="id")
"""Every nomination, without its content."""
NOMINATION_DOCUMENTS = _view(
    "member_published_nomination_document", evidence_id="id", nomination_id="id", country="text", expert_id="id",
    call_id="id", conflicted="ids",
)  # fmt: skip
"""The nominations whose documents name a file of evidence, with the nominee, the experts who have a conflict of
interest and, once the panel sees the nomination, its call. A lookup is by `evidence_id`."""
PANELS = _view(
    "member_published_panel", id="id", call_id="id", country="text", status="text", expert_id="id", office="text"
)
"""The members of the panels of calls, with the state of the call. `id` is that of the expert in this panel."""
CENTRE_MESSAGES = _view("centre_published_message", **_RECORD, centre_id="id")
"""Every message on the file of a centre except internal ones, without its text."""
AFFILIATIONS = _view(
    "member_published_affiliation", id="id", expert_id="id", institution_id="id", country="text", visibility="text",
    starts="text", ends="text",
)  # fmt: skip
"""Affiliations with a registered institution; dates may be partial."""
COMMITTEES = _view(
    "centre_published_committee",
    **_RECORD,
    host_institution_id="id",
    created_at="instant",
    formed_on="day",
    recognised_on="day",
    ended_on="day",
)
"""Every national committee."""
CENTRES = _view(
    "centre_published_centre",
    **_RECORD,
    committee_id="id",
    host_institution_id="id",
    director_id="id",
    registration_number="text",
    designated_on="day",
    term_number="integer",
    term_starts="day",
    term_ends="day",
    created_at="instant",
    names="json",
    ended_on="day",
    changed_at="instant",
    closed_on="day",
    created_by="text",
)
"""Every centre, with its latest term; `ended_on` is the day on which that one ended, also before its last day.
`changed_at` is when a step last changed its names or its host, `closed_on` the last day of a centre that has closed."""
CLOCKS = _view("centre_published_clock", id="id", country="text", status="text", holder="text", assignee="id")
"""Who has the file of each centre, and the account or client that works on it."""
REGISTER = _view(
    "centre_published_register",
    registration_number="text",
    country="text",
    visibility="text",
    status="text",
    recorded_on="day",
    position="bigint",
)
"""What the register of centres shows of a centre from a day on, the last entry of a day last; `status` is null if it
shows nothing."""
SEATS = _view(
    "centre_published_seat", **_RECORD, committee_id="id", expert_id="id", office="text", starts="text", ends="text"
)
"""Every seat on a committee; dates may be partial."""
REVIEWS = _view("centre_published_review", **_RECORD, reviewer_id="id", created_at="instant")
"""Every review of a centre, without its content."""
REVIEWERS = _view(
    "centre_published_reviewer",
    **_RECORD,
    centre_id="id",
    centre_names="json",
    expert_id="id",
    due="day",
    conflict_of_interest="flag",
)
"""Every invitation to review a centre. The conflict is null before the acceptance."""
AGREEMENTS = _view("centre_published_agreement", **_RECORD, centre_id="id", institutions="ids")
"""Every agreement with a centre, and the institutions among its parties."""
NETWORKS = _view("centre_published_network", **_RECORD)
"""Every network of centres."""
PARTNERSHIPS = _view(
    "centre_published_partnership", **_RECORD, centre_id="id", partner_centre_id="id", partner_institution_id="id"
)
"""Every partnership of a centre; a network has none of the ids of partners."""
ANNUAL_REPORTS = _view(
    "centre_published_annual_report", **_RECORD, centre_id="id", year="integer", due="day", kind="text"
)
"""Every report of a centre, without its content; `kind` is `annual` or `final`."""
EVALUATIONS = _view("centre_published_evaluation", **_RECORD, centre_id="id")
"""Every evaluation of a centre, without its content."""
EVALUATION_PANELS = _view(
    "centre_published_evaluation_panel", id="id", evaluation_id="id", country="text", status="text", expert_id="id",
    is_conflicted="flag",
)  # fmt: skip
"""The members of the panels of evaluations, with their state. `id` is that of the expert in this panel."""
DECISIONS = _view(
    "centre_published_decision",
    **_RECORD,
    meeting_id="id",
    committee_id="id",
    recused="ids",
    decided_on="day",
    counted="integer",
)
"""Every decision of a committee, without its content; `counted` are its votes and recusals."""
ACTIONS = _view("action_published_action", **_RECORD)
"""Every action."""
USES_OF_CENTRES = _view("action_published_centre_use", centre_id="id")
"""The centres that programmes, results, targets and support requests name, each as often as it is named."""
FOCAL_POINTS = _view(
    "action_published_focal_point", **_RECORD, expert_id="id", starts="day", ends="day", account_id="id",
    predecessor_id="id",
)  # fmt: skip
"""Every focal point of a government; `account_id` is that of somebody who is no expert."""
ENDORSEMENTS = _view("action_published_endorsement", **_RECORD, level="smallint", issued="day", valid_to="day")
"""Every endorsement of a government."""
SUPPORT_REQUESTS = _view("action_published_support_request", id="id", country="text", status="text", holder="text")
"""Every request for support, with who has it."""
OFFERS = _view("action_published_offer", **_RECORD, request_id="id", expert_id="id")
"""Every offer of an expert to a country, without its message."""
TASKS = _view("action_published_task", **_RECORD, owner_id="id", owner_role="text")
"""Every task, without its content."""
TASK_COMMENTS = _view("action_published_task_comment", **_RECORD, task_id="id")
"""Every comment on a task, without its text."""
REPORTS = _view(
    "action_published_report", **_RECORD, programme_id="id", period_id="id", expert_ids="ids", period="text"
)
"""Every progress report, without its content, with the experts who contributed and the code of its period."""
DELEGATIONS = _view("action_published_delegation", **_RECORD, report_id="id", account_id="id", due_on="day")
"""Every delegation of sections of a progress report to an account."""
EDITIONS = _view("action_published_edition", **_RECORD)
_TEXT = {**_RECORD, "edition_id": "id", "titles": "json"}
CONTRIBUTIONS = _view("action_published_contribution", **_TEXT, expert_ids="ids", editor_id="id")
_REVIEW = {**_RECORD, "edition_id": "id", "contribution_id": "id"}
CONTRIBUTION_REVIEWERS = _view("action_published_reviewer", **_REVIEW, expert_id="id")
CONTRIBUTION_COMMENTS = _view("action_published_comment", **_REVIEW, by_id="id")  # without text; `by_id` commented
ROUND_COUNTRIES = _view("action_published_round_country", id="id", country="text", audience="text")  # of its chapters
REPORT_COMMENTS = _view("action_published_report_comment", **_RECORD, report_id="id")  # without its text
EVIDENCE = _view("action_published_evidence", **_RECORD, sha256="text", scope_id="id")
"""Every file of evidence."""
_DOCUMENT = {
    "evidence_id": "id", "resource": "text", "record_id": "id", "ref": "text", "country": "text", "visibility": "text",
    "status": "text", "scope_id": "id", "link": "text",
}  # fmt: skip
DOCUMENTS_OF_MEMBERSHIP = _view("member_published_document", **_DOCUMENT)
"""The records of membership whose documents name a file of evidence, without internal messages, within the context: a
row for each document. `scope_id` is what a grant over one record names. A lookup is by `evidence_id`."""
DOCUMENTS_OF_CENTRES = _view("centre_published_document", **_DOCUMENT)
"""The same records of centres."""
DOCUMENTS_OF_ACTIONS = _view("action_published_document", **_DOCUMENT)
"""The same records of actions."""
PRINCIPALS = _view(
    "access_published_principal", kind="text", id="id", name="text", sandbox="flag", revoked_tokens="texts",
    owner_id="id", ip_allow="texts", ended_sessions="ids",
)  # fmt: skip
"""Active accounts, clients and keys."""
_OF_SCOPE = {"id": "id", "role": "text", "scope_kind": "text", "scope_id": "text", "starts": "day", "ends": "day"}
GRANTS = _view(
    "access_published_grant", **_OF_SCOPE, principal_kind="text", principal_id="id", resources="texts", verbs="texts",
    key_resources="texts", key_verbs="texts", key_countries="texts", delegated_from="id",
)  # fmt: skip
"""Active grants. Those of keys are narrowed to it, those of seats, focal points and directors end with the office."""
HANDED_OVER = _view("access_published_handed_over", **_OF_SCOPE, account_id="id", leaver_id="id")
"""Grants of accounts by which somebody succeeds `leaver_id`, who handed the role over. A lookup is by `id`."""
API_KEYS = _view("access_published_api_key", digest="bytes", id="id", expires_at="instant", owner_kind="text")
"""Active API keys, by the digest of the key."""
TOKEN_KEYS = _view("access_published_key", kid="text", public="json")
"""The keys that verify access tokens."""
TOKEN_ISSUERS = _view("access_published_token_issuer", issuer="text", audience="text", levels="json", keys="json")
"""Identity providers whose access tokens are taken, with the keys that they published in the last ten minutes."""
IDENTITIES = _view(
    "access_published_identity", id="id", issuer="text", subject="text", account_id="id", best="text",
    signed_out_at="instant",
)  # fmt: skip
"""Persons at identity providers who are linked with an active account. `best` is the highest level that the account can
reach; tokens from before `signed_out_at` are not taken."""
CREDENTIAL_CHANGES = _view(
    "access_published_credential_change", principal_kind="text", principal_id="id", by_kind="text", by_id="id",
    at="instant",
)  # fmt: skip
"""Who changed whose password, address or secret in the last 30 days."""
DEMONSTRATION = _view("access_published_demonstration", id="id")
"""The client of the demonstration's secretariat, if there is one."""
_WAITING = {
    "resource": "text", "id": "id", "ref": "text", "country": "text", "verb": "text", "due": "instant",
    "account_id": "id",
}  # fmt: skip
WORK_OF_MEMBERSHIP = _view("member_published_work", **_WAITING)
"""The records of membership that wait for a transition: by an account or, if that is null, by an office."""
WORK_OF_CENTRES = _view(
    "centre_published_work", **_WAITING, institution_id="id", entered_by="text", scope_id="id", first_day="day",
    submitted_by="text", titles="json", is_possible="flag", documents="json", taken_in="text", own_id="id",
)  # fmt: skip
"""The records of centres that wait for a transition. Representatives of `institution_id` take those of the applicant if
they have entered the centre. `scope_id` is the record whose grants cover it, `first_day` when it begins to wait,
`submitted_by` who does not take it. `is_possible`: nothing is missing that the step itself does not bring; the files of
`documents` have to be available, too. `taken_in` is the country whose offices take the step, if it is not the record's;
no grant over `own_id` itself takes it."""
WORK_OF_ACTIONS = _view("action_published_work", **_WAITING, scope_id="id", first_day="day", submitted_by="text")
"""The records of actions that wait for a transition; the further columns are those of the work of centres."""
_PART = {"part": "text", "id": "id", "record": "json"}
PERSONAL_OF_ACCESS = _view("access_published_personal", person="id", **_PART)
"""What access, centres and actions each store about a person, for access by the person's account."""
PERSONAL_OF_CENTRES = _view("centre_published_personal", person="id", **_PART)
PERSONAL_OF_ACTIONS = _view("action_published_personal", person="id", **_PART)


def withheld_from(experts: ColumnElement[Any]) -> TableValuedAlias:
    """The nominations and scores that must not be known to these experts, for a conflict of interest or since they are
    about them; with `is_decision`, only that the nomination was decided, until its call is published."""
    found = func.escm.member_withheld(experts).table_valued(column("id", Uuid), column("is_decision", Boolean))
    return found.alias("withheld")
