"""The audit trail: appended by every service, read with the record's own visibility."""

from migrations.rules import grant, run, setting

revision = "core_0002"
down_revision = "core_0001"


def upgrade() -> None:
    run(f"""
CREATE TABLE core_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    resource text NOT NULL,
    subject uuid NOT NULL,
    version integer NOT NULL,
    country text,
    visibility text NOT NULL,
    from_status text,
    to_status text,
    request_id text NOT NULL,
    before_hash bytea,
    after_hash bytea,
    detail bytea NOT NULL,
    detail_key uuid,
    content_hash bytea NOT NULL
)
--;
CREATE INDEX core_audit_subject_idx ON core_audit (subject, id)
--;
ALTER TABLE core_audit ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE core_audit FORCE ROW LEVEL SECURITY
--;
CREATE POLICY core_audit_read ON core_audit FOR SELECT USING (
    visibility = ANY({setting("visibilities")}) OR country = ANY({setting("countries")})
    OR subject::text = ANY({setting("records")})
)
--;
CREATE POLICY core_audit_append ON core_audit FOR INSERT WITH CHECK (true)
""")
    grant("core_audit", "SELECT, INSERT", "membership", "centres", "actions", "access")


def downgrade() -> None:
    run("DROP TABLE core_audit")
