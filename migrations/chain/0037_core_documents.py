"""The records of each service whose documents name files of evidence, which all services look up."""

from migrations.documents import (
    DocumentKind,
    close_documents,
    document_indexes,
    open_documents,
    publish_documents,
)
from migrations.rules import grant, index_beside_writers, run

revision = "0037_core_documents"
down_revision = "0036_actions_evidence"

_KINDS = {
    "member": (
        DocumentKind("membership.calls", "member_call", "decision", searched="id status"),
        DocumentKind("membership.consents", "member_consent", "proof.document", "expert_id", "expert_id"),
        DocumentKind("membership.nominations", "member_nomination", "documents[]", "expert_id", "id status expert_id"),
        DocumentKind("membership.supports", "member_support", "evidence", "expert_id", "id country status expert_id"),
        DocumentKind("membership.messages", "member_message", "attachments[]", "expert_id", "expert_id", "experts"),
    ),
    "centre": (
        DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
        DocumentKind(
            "centres.centres", "centre_centre", "terms_of_reference work_plan host_letter final_report evaluation"
        ),
        DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan"),
        DocumentKind("centres.agreements", "centre_agreement", "document"),
        DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    ),
    "action": (
        DocumentKind("actions.actions", "action_action", "baseline.source"),
        DocumentKind("actions.milestones", "action_milestone", "evidence[]"),
        DocumentKind("actions.endorsements", "action_endorsement", "document"),
        DocumentKind("actions.focal_points", "action_focal_point", "letter"),
        DocumentKind("actions.correspondence", "action_correspondence", "document"),
    ),
}
_EVIDENCE = "SELECT id, ref, version, status, country, visibility, sha256"


def upgrade() -> None:
    run(f"CREATE OR REPLACE VIEW action_published_evidence AS {_EVIDENCE}, scope_id FROM action_evidence")
    grant("action_published_evidence", "SELECT", "membership", "centres", "search")
    for prefix, kinds in _KINDS.items():
        for kind in kinds:
            open_documents(kind)
        publish_documents(prefix, kinds)
    for kinds in _KINDS.values():
        for name, definition in document_indexes(kinds):
            index_beside_writers(name, definition)


def downgrade() -> None:
    for prefix, kinds in _KINDS.items():
        for name, _ in document_indexes(kinds):
            run(f"DROP INDEX {name}")
        run(f"DROP VIEW {prefix}_published_document")
        for kind in kinds:
            close_documents(kind)
    run(f"""
DROP VIEW action_published_evidence
--;
CREATE VIEW action_published_evidence AS {_EVIDENCE} FROM action_evidence
""")
    grant("action_published_evidence", "SELECT", "actions")
