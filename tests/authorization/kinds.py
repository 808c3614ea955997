"""The tables of the kinds of record, and what makes their rows published."""

TABLES = {
    "experts": "member_expert", "affiliations": "member_affiliation", "institutions": "member_institution",
    "duplicates": "member_duplicate", "merges": "member_merge", "declarations": "member_declaration",
    "consents": "member_consent", "erasures": "member_erasure", "retention_rules": "member_retention_rule",
    "broadcasts": "member_broadcast", "congresses": "member_congress", "participations": "member_participation",
    "certificates": "member_certificate",
    "certificate_templates": "member_certificate_template",
    "calls": "member_call", "nominations": "member_nomination", "initiatives": "member_initiative",
    "supports": "member_support",
    "notices": "member_notice", "committees": "centre_committee",
    "committee_meetings": "centre_committee_meeting", "decisions": "centre_decision",
    "seats": "centre_seat", "centres": "centre_centre", "terms": "centre_term", "agreements": "centre_agreement",
    "reviewers": "centre_reviewer", "report_templates": "centre_report_template",
    "annual_reports": "centre_annual_report", "evaluations": "centre_evaluation",
    "networks": "centre_network", "partnerships": "centre_partnership",
    "frameworks": "action_framework", "programmes": "action_programme", "actions": "action_action",
    "milestones": "action_milestone", "endorsements": "action_endorsement", "correspondence": "action_correspondence",
    "evidence": "action_evidence", "indicators": "action_indicator", "periods": "action_period",
    "targets": "action_target", "validation_rules": "action_validation_rule", "schemes": "action_scheme",
    "results": "action_result",
    "assessments": "action_assessment",
    "calendars": "action_calendar", "tasks": "action_task", "task_comments": "action_task_comment",
    "support_requests": "action_support_request", "offers": "action_offer", "reports": "action_report",
    "progress_report_templates": "action_report_template", "delegations": "action_delegation",
    "report_comments": "action_report_comment",
    "government_bodies": "action_government_body", "focal_points": "action_focal_point", "meetings": "action_meeting",
    "accounts": "access_account", "grants": "access_grant", "clients": "access_client", "api_keys": "access_api_key",
    "webhooks": "access_webhook",
}  # fmt: skip
"""The table of each kind."""
PUBLISHED = {
    "experts": "status = 'active'",
    "institutions": "status = 'verified'",
    "congresses": "status = 'planned'",
    "initiatives": "status = 'open'",
    "supports": "status = 'accepted'",
    "committees": "status = 'recognised'",
    "seats": "status = 'appointed'",
    "centres": "status = 'active', registration_number = ref, registration_serial = right(ref, 6)::integer,"
    " designated_on = '2026-03-01'",
    "annual_reports": "status = 'accepted'",
    "networks": "status = 'active'",
    "partnerships": "status = 'active', centre_visibility = 'public', partner_visibility = 'public'",
    "report_templates": "status = 'retired'",
    "calls": "status = 'published'",
    "programmes": "status = 'approved'",
    "actions": "status = 'planned'",
    "milestones": "status = 'in_progress'",
    "endorsements": "status = 'verified', verified_on = '2026-01-02'",
    "correspondence": "status = 'logged'",
    "evidence": "status = 'available'",
    "indicators": "status = 'active'",
    "targets": "status = 'current'",
    "validation_rules": "status = 'active'",
    "schemes": "status = 'current'",
    "results": "status = 'published'",
    "government_bodies": "status = 'active'",
    "focal_points": "status = 'active', starts = '2026-01-01'",
    "meetings": "status = 'held'",
    "assessments": "status = 'published'",
    "support_requests": "status = 'matching'",
    "reports": "status = 'published', published_at = '2026-01-01'",
    "progress_report_templates": "status = 'retired'",
}
"""Each kind with published states, and what makes a row published in addition to its visibility."""
DATASETS = {"membership": "institutions", "centres": "register", "actions": "actions"}
"""A dataset of the open data of each service."""
_NAMESAKES = {("actions", "report_templates"): "progress_report_templates"}
"""The names here of kinds whose plural another service has, too."""


def named(service: str, plural: str) -> str:
    """The name here of a kind of a service."""
    return _NAMESAKES.get((service, plural), plural)


def plural_of(name: str) -> str:
    """The plural of a kind in addresses."""
    return next((plural for (_, plural), each in _NAMESAKES.items() if each == name), name)
