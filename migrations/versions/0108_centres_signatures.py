"""Who signs an agreement: the sides of its parties, who has signed, and what was signed elsewhere."""

from migrations.definitions import define
from migrations.documents import DocumentKind, document_indexes, publish_documents
from migrations.rules import grant, index_beside_writers, role, run, setting

revision = "0108_centres_signatures"
down_revision = "0107_membership_next_terms"

_EARLIER = (
    DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
    DocumentKind(
        "centres.centres",
        "centre_centre",
        "terms_of_reference work_plan host_letter final_report evaluation application_documents[] change_documents[]",
    ),
    DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id"),
    DocumentKind("centres.committee_meetings", "centre_committee_meeting", "minutes", "committee_id"),
    DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan decision", "centre_id"),
)
_AGREEMENTS = DocumentKind("centres.agreements", "centre_agreement", "document", "centre_id")
_COPIES = _AGREEMENTS._replace(documents="signed_copies[]")
_WORK, _OTHER_WORK = "centre_published_work", "centre_work_without_signatures"
_PUBLISHED = "id, ref, version, status, country, visibility, centre_id"
_HOST = "jsonb_build_array(jsonb_build_object('institution_id', c.host_institution_id, 'signed_at', NULL))"
_EVERYWHERE = """
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;"""
_STEPS = f"""
SELECT 'centres.agreements', a.id, a.ref, a.country, 'sign', (a.expires + time '23:59:59') AT TIME ZONE 'UTC',
    NULL, NULL, NULL, CASE WHEN a.parties @> {_HOST} THEN a.centre_id END, NULL, array_to_string(a.signers, ' '),
    c.names, true, NULL, NULL, NULL
FROM centre_agreement a LEFT JOIN centre_centre c ON c.id = a.centre_id
WHERE a.status IN ('in_negotiation', 'partly_signed')"""


def upgrade() -> None:
    run(f"""
ALTER TABLE centre_agreement
    ADD COLUMN signed_copies jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN signers text[] NOT NULL DEFAULT '{{}}'
--;
{_EVERYWHERE}
UPDATE centre_agreement a SET parties = coalesce((
    SELECT jsonb_agg(p || jsonb_build_object('side', CASE
        WHEN p ->> 'institution_id' IS NOT NULL THEN 'institution'
        WHEN jsonb_array_length(a.parties) > 1 AND 1 = (
            SELECT count(*) FROM jsonb_array_elements(a.parties) each WHERE each ->> 'institution_id' IS NULL)
            THEN 'secretariat'
        ELSE 'other' END) ORDER BY place)
    FROM jsonb_array_elements(a.parties) WITH ORDINALITY AS party (p, place)), '[]'),
    signers = coalesce((
        SELECT array_agg(DISTINCT t.actor_kind || ':' || t.actor_id) FROM core_audit t
        WHERE t.subject = a.id AND t.action = 'sign' AND a.status = 'partly_signed'), '{{}}')
--;
CREATE OR REPLACE VIEW centre_published_agreement AS SELECT {_PUBLISHED}, ARRAY(
    SELECT (p ->> 'institution_id')::uuid FROM jsonb_array_elements(parties) p WHERE p ->> 'institution_id' IS NOT NULL
) AS institutions FROM centre_agreement
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK} w WHERE (w.resource, w.verb) <> ('centres.agreements', 'sign') UNION ALL {_STEPS}
--;
GRANT SELECT (signed_copies) ON centre_agreement TO {role("search")}
""")
    grant("centre_published_agreement", "SELECT", "actions")
    grant(_WORK, "SELECT", "access", "centres")
    publish_documents("centre", (*_EARLIER, _AGREEMENTS, _COPIES), _reports())
    for name, definition in document_indexes((_COPIES,)):
        index_beside_writers(name, definition)


def downgrade() -> None:
    publish_documents("centre", (*_EARLIER, _AGREEMENTS), _reports())
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP VIEW centre_published_agreement
--;
{_EVERYWHERE}
UPDATE centre_agreement SET parties = coalesce((
    SELECT jsonb_agg(p - 'side' ORDER BY place)
    FROM jsonb_array_elements(parties) WITH ORDINALITY AS party (p, place)), '[]')
--;
ALTER TABLE centre_agreement DROP COLUMN signed_copies, DROP COLUMN signers
""")
    define("centre_published_agreement")


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
