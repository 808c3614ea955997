"""Every column that membership and the parts shared with other services store: what an export of everything about an
expert contains, why the rest is left out, what stays after an erasure, and which tables hold no personal data.

A column that is in none of these lists fails a test.
"""

from collections.abc import Mapping

from services.membership.certificates.certificates.record import Certificate
from services.membership.register.experts.record import Expert
from shared.records.personal import FOUND_BY, RECORD, PersonalTable, personal, personal_record
from shared.records.record import fields_of

_ANOTHER = "says which record of perhaps another person is meant"
_PROOF = "proves that nothing was altered"
_KEY = "names the key of the encrypted text that is exported in the clear"
_FILE = "describes the whole file, of many people"

_SUPPORT = (
    f"{RECORD} initiative_id expert_id institution_id capacity organisation_id signed_at text_digest email_verified"
    " hold rejected_for certificate_id accepted_at ended_at"
)
"""What stays of the support of an erased expert, which counts as before."""
TOMBSTONE = (
    f"{RECORD} category previous_status status_since term_starts term_ends next_term_starts next_term_ends merged_into"
)
"""What stays of an erased expert, with the instant of the erasure."""
PARTS: Mapping[str, PersonalTable] = {
    "expert": personal_record("member_expert", Expert, TOMBSTONE),
    "affiliations": personal(
        "member_affiliation",
        "id expert_id country visibility version institution_id raw role unit starts ends is_primary asserted_by"
        " created_at updated_at match_status match match_candidates matched_at put_code",
    ),
    "duplicates": personal(
        "member_duplicate",
        "id ref version status created_at created_by updated_at updated_by score reasons found_by dismissed_by"
        " dismissed_at dismissal",
        {
            _ANOTHER: "a b country country_a country_b settled_by instead_of",
            "the same for every pair of experts": "resource visibility",
            "a checksum of what was compared": "basis",
        },
    ),
    "merges": personal(
        "member_merge",
        f"{RECORD} winner_id winner_version loser_id loser_country choices moved",
        {"the same for every merge of experts": "resource"},
        retained="*",
    ),
    "kept_by_merges": personal("member_merge_part", "id merge_id part record_id detail", {_KEY: "detail_key"}),
    "declarations": personal("member_declaration", f"{RECORD} expert_id year notice_version interests signed_on"),
    "consents": personal("member_consent", f"{RECORD} expert_id purpose notice_version language proof"),
    "certificates": personal_record(
        "member_certificate",
        Certificate,
        " ".join(name for name in fields_of(Certificate) if name not in ("holder_name", "search_key")),
    ),
    "certificate_files": personal(
        "member_certificate_file", "certificate_id language size printed_at", {"a checksum of the file": "sha256"}
    ),
    "nominations": personal(
        "member_nomination",
        f"{RECORD} call_id expert_id nominator motivation documents interests consents statement extended_until appeal",
        {
            FOUND_BY: "nominator_key",
            _ANOTHER: "conflicts",
            "says how often a mail was sent": "nominators_asked",
            "says when the panel decided": "status_since",
        },
    ),
    "scores": personal(
        "member_score",
        f"{RECORD} nomination_id call_id expert_id scores comment recommendation",
        retained=f"{RECORD} nomination_id call_id expert_id scores recommendation",
    ),
    "panels": personal(
        "member_call",
        "id ref status country code titles",
        {
            _ANOTHER: "panel",
            "describes the call": "version visibility created_at created_by updated_at updated_by kind texts opens"
            " nominee_deadline nominator_deadline first_deadlines self_nomination nominator_kinds eligibility criteria"
            " seats targets decision published_at search_key",
        },
        retained="*",
    ),
    "supports": personal(
        "member_support",
        f"{_SUPPORT} organisation listed_name consent_to_list consent_to_contact language evidence signer",
        {
            FOUND_BY: "name_key affiliation organisation_key",
            "a checksum of what is exported": "email_digest",
            "a checksum of the network that a signature came from, for a week": "network_key",
            "says which support of perhaps another record stays in place of this one": "replaced_by replaced_from",
        },
        retained=f"{_SUPPORT} affiliation organisation_key replaced_by replaced_from",
    ),
    "messages": personal("member_message", f"{RECORD} expert_id text audience attachments"),
    "broadcasts": personal(
        "member_broadcast_recipient",
        "id broadcast_id expert_id language outcome reason due_at tried_at bounced_at",
        {
            "says how often and by which job the mail was tried": "delays job_id",
            "a checksum of an address that is exported, or of a token": "address_digest token_digest",
        },
    ),
    "erasures": personal(
        "member_erasure",
        f"{RECORD} expert_id account_id second_person due_at held_until done_at reports review",
        {_ANOTHER: "requested_by subjects", "the same as the record's before the request": "was_restricted"},
        retained="*",
    ),
    "imports": personal(
        "core_import",
        "id ref status created_at created_by source licence file_name",
        {
            _FILE: "version country visibility updated_at updated_by job mode on_error registry file_digest file_size"
            " media columns ignored_columns row_count counts taken_back is_file_removed",
            "names the kind of list": "service resource",
        },
        retained="*",
    ),
    "import_rows": personal(
        "core_import_identity",
        "record import changed_by",
        {
            "a checksum of a row of the file": "identity digest earlier_digest",
            "the number among equal rows of a file": "occurrence",
            "names the kind of the record": "resource",
        },
    ),
    "changed_by_imports": personal(
        "core_import_effect",
        "import part record owner created version before made_with",
        {"whether the undoing of an import left it": "is_retained"},
    ),
    "participations": personal(
        "member_participation",
        f"{RECORD} congress_id expert_id role mode superseded_by",
        {"the state to which the undo of a merge returns": "status_before"},
    ),
    "history": personal(
        "core_audit",
        "at actor_kind actor_id action resource subject version from_status to_status request_id detail",
        {
            "the same as the record's": "country visibility",
            "the number of the line": "id",
            _PROOF: "before_hash after_hash content_hash",
            _KEY: "detail_key",
        },
        retained="*",
    ),
}
"""The parts of an export, by name, each from one table."""

ALSO_PERSONAL: tuple[PersonalTable, ...] = (
    personal("member_expert_value", "", {FOUND_BY: "expert_id kind value country visibility is_available"}),
    personal("core_audit_key", "", {"a key, whose deletion makes the history unreadable": "id subject salt"}),
    personal(
        "core_fact",
        "",
        {
            "announces, without any value, what the history shows": "position fact type time subject ref version"
            " country visibility link traceparent bulk sequenced_at country_left"
        },
    ),
    personal(
        "core_outbox",
        "",
        {
            "announces, without any value, what the history shows": "id fact type time subject ref version country"
            " visibility link traceparent bulk country_left"
        },
    ),
    personal("member_reminder", "", {"the history shows each reminder": "expert_id kind day"}),
    personal(
        "core_mail", "", {"a sealed letter, gone once it was sent": "id service template sealed created_at sent_at"}
    ),
    personal(
        "core_mail_token",
        "",
        {
            "proves who got a mail or signs in to ORCID, by digests, until it expires": "digest service purpose"
            " subject_id address_digest until used_by"
        },
    ),
    personal(
        "core_idempotency",
        "",
        {"a copy of a response, stored for three days": "day scope digest status headers body created_at authority"},
    ),
    personal(
        "core_import_row",
        "",
        {"a row that led to no record, or to none yet": "import row record document problem detail"},
    ),
    personal("core_import_key", "", {"stored during a dry run": "import key row"}),
    personal(
        "core_import_duplicate",
        "",
        {"a pair that is checked within the day": "resource record other import found_at"},
    ),
    personal(
        "core_job",
        "",
        {
            "an ordered job, by ids": "id service job_type payload created_by principal bulk status done total"
            " result result_url problem cancel_requested traceparent attempts fence lease_expires_at"
            " lease_holder notified due_at error created_at finished_at last_taken_at"
        },
    ),
    personal(
        "core_pending_transition",
        "",
        {
            "a pending transition, emptied once it is decided, within a day": "id resource record_id record_ref"
            " record_version action reason fields status proposer_kind proposer_id proposer_owner second_person"
            " concerned country visibility created_at expires_at decided_at decided_by"
        },
    ),
    personal(
        "core_export",
        "",
        {
            "an ordered list, stored for a day": "id service resource format filters fields safe job created_by"
            " created_at row_count file_digest file_size"
        },
    ),
    personal(
        "core_erasure_report", "", {"counts rows until an erasure is done": "subject service rows review reported_at"}
    ),
)
"""Tables that name people and are not exported, with the reasons."""

_COUNT = "kind visibility status country category tag"
IMPERSONAL: Mapping[str, str] = {
    "member_institution": f"{RECORD} names display_name sort_name search_key match_key ror types domains links"
    " locations heri previous_status merged_into relations",
    "member_broadcast": f"{RECORD} subjects texts segment purpose send_at per_minute authors frozen_at final_counts",
    "member_congress": f"{RECORD} code titles series starts ends mode place host_institution_id links published_figures"
    " search_key",
    "member_credential_key": "kid public private created_at signs_from signs_until",
    "member_initiative": f"{RECORD} code titles texts adopted_at congress_id opens closes signers certificate"
    " published_figures text_digests search_key",
    "member_initiative_day": "initiative_id day organisations organisations_unmatched",
    "member_notice": f"{RECORD} purpose notice_version texts search_key",
    "member_certificate_template": f"{RECORD} kind titles bodies signatory",
    "member_retention_rule": f"{RECORD} resource state after action basis",
    "member_reference_move": "loser_id winner_id resource record_id field position before after",
    "member_institution_form": "form word",
    "member_institution_relation": "institution_id kind other country visibility",
    "member_institution_value": "institution_id kind value country visibility",
    "member_affiliation_rematch": "single institutions_at",
    "member_duplicate_search": "resource covered_until",
    "member_gender_balance": "place day whole women men other",
    "core_audit_checkpoint": "position hash start at key_id signature",
    "core_audit_head": "one position hash",
    "core_audit_link": "position entry hash",
    "core_audit_signing_key": "key_id public private created_at",
    "core_audit_verified": "one newest again at",
    "core_batch": "id service bulk positions patterns status attempts fence lease_expires_at lease_holder notified"
    " due_at error created_at finished_at",
    "core_consumer": "service bulk position seen_at",
    "core_count": f"{_COUNT} n",
    "core_count_day": f"{_COUNT} day n",
    "core_count_delta": "id day kind visibility status country category tags n",
    "core_count_fold": "number",
    "core_dataset_copy": "service name day file_format sha256 size made_at",
    "core_import_batch": "import batch created updated unchanged",
    "core_import_sequence": "resource number",
    "core_inbox": "fact reaction",
    "core_lease": "name holder fence expires_at position",
    "core_migration": "version_num",
    "core_schedule": "name tick job",
    "core_subscription": "service pattern seen_at",
}
"""Tables without personal data, with their columns."""
