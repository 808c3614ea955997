"""The personal data that centres stores, by column: see `shared.records.personal`. The view `centre_published_personal`
publishes what is exported."""

from collections.abc import Mapping

from shared.records.personal import FOUND_BY, NAMED_IN_TEXT, RECORD, PersonalTable, personal

_ABOUT_A_BODY = "describes a body or its papers"

PARTS: Mapping[str, PersonalTable] = {
    "seats": personal(
        "centre_seat",
        f"{RECORD} committee_id expert_id office starts ends reason term rotation_due",
        {
            FOUND_BY: "search_key held",
            "names somebody who is no expert": "person_name",
            "says when a mail was sent": "reminded_on",
        },
        retained="*",
    ),
    "reviews": personal(
        "centre_review",
        f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment",
        retained="*",
    ),
    "evaluation_panels": personal(
        "centre_evaluation",
        "id ref status country centre_id kind starts ends",
        {
            "names other experts by id": "panel conflicts",
            NAMED_IN_TEXT: "response",
            _ABOUT_A_BODY: "version visibility created_at created_by updated_at updated_by criteria visit report"
            " recommendation conditions completed_on responded_on",
        },
        retained="*",
    ),
    "evaluation_scores": personal(
        "centre_evaluation_score",
        f"{RECORD} evaluation_id expert_id scores recommendation comment conflict_of_interest",
        retained=f"{RECORD} evaluation_id expert_id scores recommendation conflict_of_interest",
    ),
    "reviewers": personal(
        "centre_reviewer",
        f"{RECORD} centre_id centre_names expert_id due conflict_of_interest conflict replaced_by",
        {"says when a mail was sent": "reminded_on"},
    ),
    "directed_centres": personal(
        "centre_centre",
        "id ref status country names director_id",
        {
            _ABOUT_A_BODY: "version visibility created_at created_by updated_at updated_by search_key"
            " host_institution_id unit committee_id themes terms_of_reference work_plan host_letter address position"
            " final_report evaluation previous_status registration_number registration_serial designated_on"
            " term_number term_starts term_ends public_note assignee clock_holder clock_since clock_target clock_days"
            " clock_spent clock_announced reminded_on noted_version review_by closure_cause successor_id"
            " pending_closure closed_on",
            NAMED_IN_TEXT: "application_answers application_documents change_documents",
            "names the next director by id": "pending_change",
        },
        retained="*",
    ),
    "former_directors": personal(
        "centre_tenure",
        "centre_id country director_id starts ends",
        {
            _ABOUT_A_BODY: "id visibility changed names unit host_institution_id address position replaced_on"
            " recorded_at",
            NAMED_IN_TEXT: "document",
        },
        retained="*",
    ),
    "register_entries": personal(
        "centre_register_entry",
        "registration_number country status recorded_on shown",
        {
            "names other directors by id": "changes",
            NAMED_IN_TEXT: "note",
            _ABOUT_A_BODY: "position centre_id visibility",
        },
        retained="*",
    ),
    "coordinated_networks": personal(
        "centre_network",
        "id ref status code titles coordinator_id",
        {
            _ABOUT_A_BODY: "version country visibility created_at created_by updated_at updated_by search_key themes",
        },
        retained="*",
    ),
}
"""The parts that centres adds to an export of everything about an expert. Seats, reviews, panels of evaluations that
have started, scores, former directors and entries of the register stay after an erasure, under an id that identifies
nobody."""
ALSO_PERSONAL: tuple[PersonalTable, ...] = (
    personal(
        "centre_message",
        "",
        {NAMED_IN_TEXT: "text attachments", _ABOUT_A_BODY: f"{RECORD} centre_id audience"},
    ),
    personal(
        "centre_annual_report",
        "",
        {
            NAMED_IN_TEXT: "answers public_answers comments documents answered",
            _ABOUT_A_BODY: f"{RECORD} centre_id kind term_id number year period_starts period_ends due template_id"
            " template_version figures public_figures prefilled required missing submitted_on submitted_by accepted_on"
            " announced reminded_on",
        },
    ),
    personal(
        "centre_committee_meeting",
        "",
        {
            NAMED_IN_TEXT: "minutes",
            _ABOUT_A_BODY: f"{RECORD} committee_id kind starts titles search_key present apologies needed",
        },
    ),
    personal(
        "centre_decision",
        "",
        {
            NAMED_IN_TEXT: "titles search_key text",
            _ABOUT_A_BODY: f"{RECORD} meeting_id committee_id votes recused about decided_on",
        },
    ),
    personal(
        "centre_agreement",
        "",
        {
            NAMED_IN_TEXT: "parties search_key",
            "names accounts by id": "signers",
            _ABOUT_A_BODY: f"{RECORD} centre_id kind effective expires document signed_copies amends_id reminded_on",
        },
    ),
)
IMPERSONAL: Mapping[str, str] = {
    "centre_committee": f"{RECORD} names search_key host_institution_id partner_institution_ids decision decision_id"
    " bylaws quorum rotation previous_status formed_on recognised_on ended_on",
    "centre_partnership": f"{RECORD} centre_id partner_centre_id partner_institution_id partner_network_id kind"
    " agreement_id starts ends partner_country centre_visibility partner_visibility",
    "centre_profile": f"{RECORD} centre_id website established languages staff facilities equipment services projects"
    " publications confirmed_on",
    "centre_report_template": f"{RECORD} kind template_version titles search_key sections",
    "centre_reference_move": "loser_id winner_id resource record_id field position before after",
    "centre_stage": "id centre_id country visibility version stage holder entered_at left_at target_at",
    "centre_term": f"{RECORD} centre_id number starts ends terms_of_reference work_plan decided_on endorsement_id"
    " waiver consent_lapsed_on ended_on suspension_proposed_on conditions decision decision_id",
}
