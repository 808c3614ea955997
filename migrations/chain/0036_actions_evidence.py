"""Files of evidence, which belong to a country and may belong to one of its institutions or centres."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run, setting

revision = "0036_actions_evidence"
down_revision = "0035_membership_initiatives"

_READABLE = f"scope_id::text = ANY({setting('records')})"
_WRITABLE = f"scope_id::text = ANY({setting('write_records')})"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_evidence ({record_columns("available|superseded|withdrawn|purged")}
    title text NOT NULL,
    category text NOT NULL CHECK (category ~ '^[AB][0-9]{{2}}$'),
    date date,
    language text,
    licence text,
    scope_id uuid,
    replaces_id uuid REFERENCES action_evidence (id),
    keep_until date,
    file_name text NOT NULL,
    size integer NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    declared_media_type text,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{{64}}$'),
    scan_state text NOT NULL,
    scanned_at timestamptz,
    integrity_state text NOT NULL,
    checked_at timestamptz,
    replaced_by uuid,
    status_since timestamptz,
    is_stored boolean NOT NULL,
    search_key text NOT NULL
)
--;
CREATE INDEX action_evidence_country_idx ON action_evidence (country, status, id)
--;
CREATE INDEX action_evidence_category_idx ON action_evidence (category, id)
--;
CREATE INDEX action_evidence_media_type_idx ON action_evidence (media_type, id)
--;
CREATE INDEX action_evidence_size_idx ON action_evidence (size, id)
--;
CREATE INDEX action_evidence_sha256_idx ON action_evidence (sha256)
--;
CREATE INDEX action_evidence_damaged_idx ON action_evidence (id) WHERE integrity_state = 'damaged'
--;
CREATE INDEX action_evidence_scope_idx ON action_evidence (scope_id) WHERE scope_id IS NOT NULL
--;
CREATE INDEX action_evidence_replaces_idx ON action_evidence (replaces_id) WHERE replaces_id IS NOT NULL
--;
CREATE INDEX action_evidence_withdrawn_idx ON action_evidence (status_since, id) WHERE status = 'withdrawn'
--;
CREATE INDEX action_evidence_removable_idx ON action_evidence (id) WHERE status = 'purged' AND is_stored
""")
    reference_numbers("action_evidence", "EVD", "actions")
    country_scoped("action_evidence", "actions")
    run(f"""
CREATE POLICY action_evidence_scope_read ON action_evidence FOR SELECT USING ({_READABLE})
--;
CREATE POLICY action_evidence_scope_insert ON action_evidence FOR INSERT WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_evidence_scope_update ON action_evidence FOR UPDATE USING ({_WRITABLE}) WITH CHECK ({_WRITABLE})
--;
CREATE VIEW action_published_evidence AS
    SELECT id, ref, version, status, country, visibility, sha256 FROM action_evidence
""")
    grant("action_published_evidence", "SELECT", "actions")


def downgrade() -> None:
    run("""
DROP VIEW action_published_evidence
--;
DROP TABLE action_evidence
--;
DROP SEQUENCE action_evidence_ref_seq
""")
