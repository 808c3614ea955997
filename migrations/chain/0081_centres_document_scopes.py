"""Grants over a centre find the documents of its agreements and terms among the records that name a file."""

from migrations.documents import DocumentKind, publish_documents
from migrations.rules import role, run, setting

revision = "0081_centres_document_scopes"
down_revision = "0080_actions_result_work"

_OTHERS = (
    DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
    DocumentKind(
        "centres.centres",
        "centre_centre",
        "terms_of_reference work_plan host_letter final_report evaluation application_documents[] change_documents[]",
    ),
    DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id"),
    DocumentKind("centres.committee_meetings", "centre_committee_meeting", "minutes", "committee_id"),
)
_AGREEMENTS = DocumentKind("centres.agreements", "centre_agreement", "document")
_TERMS = DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan decision")


def upgrade() -> None:
    for kind in (_AGREEMENTS, _TERMS):
        run(f"GRANT SELECT (centre_id) ON {kind.table} TO {role('search')}")
    of_centre = [kind._replace(scope="centre_id") for kind in (_AGREEMENTS, _TERMS)]
    publish_documents("centre", (*_OTHERS, *of_centre), _reports())


def downgrade() -> None:
    publish_documents("centre", (*_OTHERS, _AGREEMENTS, _TERMS), _reports())
    for kind in (_AGREEMENTS, _TERMS):
        run(f"REVOKE SELECT (centre_id) ON {kind.table} FROM {role('search')}")


def _reports() -> tuple[str, str]:
    """The reports of evaluations for grants over the country or the evaluation, and for those over the centre once they
    are completed."""
    records, countries = setting("records"), setting("countries")
    row = "e.id AS record_id, e.ref, e.country, e.visibility, e.status"
    link = "'/centres/v1/evaluations/' || e.id AS link"

    def found(scope: str, condition: str) -> str:
        return f"""
SELECT (e.report ->> 'evidence_id')::uuid AS evidence_id, 'centres.evaluations' AS resource, {row},
    e.{scope} AS scope_id, {link}
FROM centre_evaluation e WHERE e.report ->> 'evidence_id' IS NOT NULL AND ({condition})"""

    whole = (
        f"e.country = ANY({countries}) OR e.id::text = ANY({records}) OR e.visibility = ANY({setting('visibilities')})"
    )
    of_centre = f"e.status = 'completed' AND e.centre_id::text = ANY({records})"
    return found("id", whole), found("centre_id", of_centre)
