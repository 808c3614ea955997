CREATE TABLE core_audit (
    id uuid DEFAULT uuidv7() PRIMARY KEY,
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
PARTITION BY RANGE (id);

CREATE INDEX core_audit_subject_idx ON core_audit (subject, version, id);

ALTER TABLE core_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY core_audit_append ON core_audit FOR INSERT WITH CHECK (true);
CREATE POLICY core_audit_link ON core_audit FOR SELECT TO {role:relay} USING (true);
CREATE POLICY core_audit_read ON core_audit FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR subject::text = ANY ({setting:records}));

GRANT SELECT, INSERT ON core_audit TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT (id, content_hash) ON core_audit TO {role:relay};
