"""What actions reads to find the files that a record names for whoever reads the record."""

from migrations.rules import grant, role, run

revision = "0097_core_named_files"
down_revision = "0096_core_address_keys"

_VIEW = "member_published_nomination_document"


def upgrade() -> None:
    searcher = role("search")
    run(f"""
CREATE VIEW {_VIEW} AS
    SELECT e.id AS evidence_id, n.id AS nomination_id, n.country, n.expert_id,
        CASE WHEN n.status IN ('nominated', 'selected', 'not_selected') THEN n.call_id END AS call_id,
        ARRAY(SELECT (c ->> 'expert_id')::uuid FROM jsonb_array_elements(n.conflicts) c) AS conflicted
    FROM action_published_evidence e
        JOIN member_nomination n ON n.documents @> jsonb_build_array(jsonb_build_object('evidence_id', e.id))
""")
    grant(_VIEW, "SELECT", "actions")
    run(f"""
GRANT CREATE ON SCHEMA escm TO {searcher}
--;
ALTER VIEW {_VIEW} OWNER TO {searcher}
--;
REVOKE CREATE ON SCHEMA escm FROM {searcher}
""")
    grant("centre_published_evaluation_panel", "SELECT", "actions")


def downgrade() -> None:
    run(f"""
REVOKE SELECT ON centre_published_evaluation_panel FROM {role("actions")}
--;
DROP VIEW {_VIEW}
""")
