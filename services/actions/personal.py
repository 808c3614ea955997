"""The personal data that actions stores, by column: see `shared.records.personal`. The view `action_published_personal`
publishes what is exported."""

from collections.abc import Mapping

from shared.records.personal import FOUND_BY, NAMED_IN_TEXT, RECORD, PersonalTable, personal

_ABOUT_A_MATTER = "describes a matter between bodies"

PARTS: Mapping[str, PersonalTable] = {
    "focal_points": personal(
        "action_focal_point",
        f"{RECORD} person expert_id body_id role letter predecessor_id starts ends",
        {FOUND_BY: "search_key", "says which account of somebody who is no expert has the office": "account_id"},
        retained="*",
    ),
    "offers": personal("action_offer", f"{RECORD} request_id expert_id message respond_by accepted_on", retained="*"),
    "calendars": personal(
        "action_calendar",
        f"{RECORD} kinds programme_id language",
        {FOUND_BY: "owner_id", "protects the address": "owner_kind digest"},
        retained="*",
    ),
    "assessments": personal(
        "action_assessment",
        f"{RECORD} subject_kind subject_id period_id completion assessor text date independent conflict_of_interest"
        " evidence reply_due reply replied_on published_on",
        {"says which expert assesses": "expert_id"},
        retained="*",
    ),
    "delegations": personal("action_delegation", f"{RECORD} report_id account_id sections due_on", retained="*"),
    "reports": personal(
        "action_report",
        "id ref status country programme_id period_id contributors",
        {
            FOUND_BY: "expert_ids",
            _ABOUT_A_MATTER: "version visibility created_at created_by updated_at updated_by template_id prefill due_on"
            " replaces_id authors figures submitted_at reported_at published_at superseded_by announced reminded_on",
        },
        retained="*",
    ),
    "contributions": personal(
        "action_contribution",
        f"{RECORD} edition_id number outline_key titles language abstract keywords funding conflicts due authors",
        {
            _ABOUT_A_MATTER: "consent published_version",
            FOUND_BY: "expert_ids search_key",
            "says who is asked to confirm, and which editor handles it": "unconfirmed_ids corresponding_id addresses"
            " authors_asked"
            " reminded_on editor_id",
        },
        retained="*",
    ),
    "contribution_reviewers": personal(
        "action_reviewer",
        f"{RECORD} edition_id contribution_id round_id round_number titles conflict_of_interest conflict",
        {FOUND_BY: "expert_id", "says when a mail was sent": "reminded_on"},
        retained="*",
    ),
    "contribution_comments": personal(
        "action_comment",
        "id ref version status visibility created_at edition_id contribution_id round_id round_number number chapter"
        " on_version from_block to_block quote kind text government decision answer answered_in",
        {
            FOUND_BY: "by_id",
            "says who answered, which a review may hide": "created_by updated_at updated_by was_reopened"
            " answered_by_id",
            "is exported with the consent to it": "commenter answerer",
            _ABOUT_A_MATTER: "country",
        },
        retained="id ref version status visibility created_at edition_id contribution_id round_id round_number number"
        " chapter on_version from_block to_block quote kind text government decision answer answered_in by_id"
        " created_by updated_at updated_by was_reopened answered_by_id country",
    ),
    "naming_consents": personal("action_naming", "id edition_id name consented_at", {FOUND_BY: "account_id"}),
    "evidence": personal(
        "action_evidence",
        f"{RECORD} title category codes date language licence scope_id replaces_id keep_until file_name size media_type"
        " declared_media_type sha256 replaced_by",
        {
            FOUND_BY: "search_key",
            "says how the stored file is": "scan_state scanned_at integrity_state checked_at status_since is_stored",
        },
        retained="*",
    ),
}
"""The parts that actions adds to an export of everything about an expert. They stay after an erasure, under an id that
identifies nobody."""
ALSO_PERSONAL: tuple[PersonalTable, ...] = (
    personal(
        "action_correspondence",
        "",
        {
            NAMED_IN_TEXT: "subject parties about search_key",
            _ABOUT_A_MATTER: f"{RECORD} direction date reply_due reply_to replied_on document",
        },
    ),
    personal(
        "action_meeting",
        "",
        {NAMED_IN_TEXT: "participants decisions titles search_key", _ABOUT_A_MATTER: f"{RECORD} kind date"},
    ),
    personal(
        "action_task",
        "",
        {
            NAMED_IN_TEXT: "titles text search_key",
            "says whose task it is": "owner_id completed_by completers",
            _ABOUT_A_MATTER: f"{RECORD} due priority owner_role about_kind about_record about_decision completed_on"
            " verified_on raised_for overdue_for",
        },
    ),
    personal(
        "action_version",
        "",
        {
            NAMED_IN_TEXT: "blocks content cited note images",
            _ABOUT_A_MATTER: "id contribution_id number language translates sha256 words warnings created_at"
            " created_by",
        },
    ),
    personal(
        "action_version_image",
        "",
        {NAMED_IN_TEXT: "content", _ABOUT_A_MATTER: "contribution_id name media_type"},
    ),
    personal(
        "action_manuscript",
        "",
        {
            NAMED_IN_TEXT: "content cited note",
            _ABOUT_A_MATTER: "id contribution_id media_type language translates created_by created_at",
        },
    ),
    personal("action_task_comment", "", {NAMED_IN_TEXT: "text", _ABOUT_A_MATTER: f"{RECORD} task_id"}),
    personal(
        "action_support_request",
        "",
        {
            NAMED_IN_TEXT: "titles need documents delivery_document rating_text search_key",
            "says whose offers it has": "expert_ids",
            _ABOUT_A_MATTER: f"{RECORD} kind fields planetary_boundaries ecosystems keywords languages codes mode"
            " wanted_from wanted_to days programme_id action_id centre_id rating clock_days clock_holder clock_since"
            " clock_target overdue_at",
        },
    ),
    personal(
        "action_report_section",
        "",
        {
            NAMED_IN_TEXT: "answers answered",
            _ABOUT_A_MATTER: f"{RECORD} report_id key item position state codes prefilled confirmed authors",
        },
    ),
    personal(
        "action_report_comment",
        "",
        {NAMED_IN_TEXT: "text answer", _ABOUT_A_MATTER: f"{RECORD} report_id section item must_answer"},
    ),
)
IMPERSONAL: Mapping[str, str] = {
    "action_action": f"{RECORD} programme_id pillar kind titles descriptions planned_start planned_end"
    " actual_start actual_end participants locations tags budget baseline previous_status search_key",
    "action_build": "id edition_id number kind status languages state warnings problem release created_at created_by"
    " finished_at issue retracted",
    "action_build_file": "build_id name language media_type sha256 size contribution",
    "action_build_part": "edition_id digest sha256 size used_at",
    "action_country_fact": "id country visibility key link day starts ends",
    "action_country_stage": "country id version visibility stage facts updated_at",
    "action_endorsement": f"{RECORD} body body_id level document issued valid_to verified_on withdrawn_on"
    " withdrawal_reason claimants search_key",
    "action_erratum": "id edition_id contribution_id issue version replaces severity texts published_at created_by",
    "action_extension": "period_id country visibility until reason created_at created_by",
    "action_edition": f"{RECORD} year number titles languages licence doi isbn outline call deadlines review"
    " as_of frozen_at published_at issue retraction review_reminded_on final_reminded_on search_key",
    "action_figure": f"{RECORD} edition_id key kind titles captions alternatives query x y series source as_of"
    " definition release sha256 search_key",
    "action_figure_data": "figure_id content verified_at seen_sha256 is_same",
    "action_framework": f"{RECORD} code core pillars valid_from valid_to search_key",
    "action_government_body": f"{RECORD} search_key names kind website",
    "action_indicator": f"{RECORD} code titles definition framework level measure unit scale direction across over_time"
    " reported_by frequency pillar side codes method source replaces_id template_id"
    " disaggregations valid_from valid_to search_key",
    "action_location": "id position name subdivision lat lon status country visibility",
    "action_milestone": f"{RECORD} action_id titles due first_due due_reason weight codes deliverable"
    " evidence_required evidence claimed_by claimed_on verified_on claimants search_key",
    "action_participant": "id institution_id status country visibility",
    "action_period": f"{RECORD} framework code starts ends opens_on due_on closes_on locks_on reminded_on",
    "action_printed_document": "kind subject language state ordered_at sha256 size is_printable",
    "action_programme": f"{RECORD} framework committee_id centre_id lead_body_id waiver started_on completed_on",
    "action_result": f"{RECORD} indicator_id action_id centre_id kind period_id year method value numerator denominator"
    " code text missing breakdown source method_note comment evidence revision revision_of superseded_by late"
    " acknowledged submitted_at accepted_at published_at ended_at claimants",
    "action_review_round": f"{RECORD} edition_id number opens closes audience contributions reminded_on",
    "action_report_template": f"{RECORD} framework template_version titles search_key sections",
    "action_result_validation": "result_id country centre_id state",
    "action_target": f"{RECORD} indicator_id action_id centre_id period_id value code breakdown comment",
    "action_scheme": f"{RECORD} code edition titles source licence publisher code_count assessments search_key",
    "action_scheme_code": "scheme_id code parent kind titles uri position",
    "action_scheme_mapping": "scheme code to_scheme to_code relation source",
    "action_scheme_state": "scheme_id assessment published_on source states",
    "action_status_history": "record_id valid_from valid_to status country visibility centre_id",
    "action_tag": "id kind scheme code status country visibility scope_id",
    "action_value": "id indicator_id valid_from starts ends period country region visibility key part valid_to number"
    " numerator denominator code missing action_id centre_id",
    "action_validation_rule": f"{RECORD} code framework titles instruction severity left operator right missing"
    " tolerance indicator_ids search_key",
    "action_reference_move": "loser_id winner_id resource record_id field position before after",
}
"""Tables without personal data: the audit trail shows who wrote or claimed a row."""
