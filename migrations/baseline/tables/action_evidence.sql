CREATE SEQUENCE action_evidence_ref_seq;

CREATE TABLE action_evidence (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('EVD', nextval('action_evidence_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('scanning', 'available', 'superseded', 'quarantined', 'withdrawn', 'purged')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    title text NOT NULL,
    category text NOT NULL CHECK (category ~ '^[AB][0-9]{2}$'),
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
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    scan_state text NOT NULL,
    scanned_at timestamptz,
    integrity_state text NOT NULL,
    checked_at timestamptz,
    replaced_by uuid,
    status_since timestamptz,
    is_stored boolean NOT NULL,
    search_key text NOT NULL
);

CREATE INDEX action_evidence_category_idx ON action_evidence (category, id);
CREATE INDEX action_evidence_country_idx ON action_evidence (country, status, id);
CREATE INDEX action_evidence_damaged_idx ON action_evidence (id) WHERE (integrity_state = 'damaged');
CREATE INDEX action_evidence_media_type_idx ON action_evidence (media_type, id);
CREATE INDEX action_evidence_overdue_idx ON action_evidence (status_since, id) WHERE (status IN ('withdrawn', 'quarantined'));
CREATE INDEX action_evidence_removable_idx ON action_evidence (id) WHERE (status = 'purged' AND is_stored);
CREATE INDEX action_evidence_replaces_idx ON action_evidence (replaces_id) WHERE (replaces_id IS NOT NULL);
CREATE INDEX action_evidence_scope_idx ON action_evidence (scope_id) WHERE (scope_id IS NOT NULL);
CREATE INDEX action_evidence_sha256_idx ON action_evidence (sha256);
CREATE INDEX action_evidence_size_idx ON action_evidence (size, id);
CREATE INDEX action_evidence_unscanned_idx ON action_evidence (scan_state DESC, id) WHERE (scan_state IN ('waiting', 'not_scanned'));
CREATE INDEX action_evidence_withdrawn_idx ON action_evidence (status_since, id) WHERE (status = 'withdrawn');

ALTER TABLE action_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY action_evidence_delete ON action_evidence FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_evidence_insert ON action_evidence FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_evidence_read ON action_evidence FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_evidence_scope_insert ON action_evidence FOR INSERT WITH CHECK (scope_id::text = ANY ({setting:write_records}));
CREATE POLICY action_evidence_scope_read ON action_evidence FOR SELECT USING (scope_id::text = ANY ({setting:records}));
CREATE POLICY action_evidence_scope_update ON action_evidence FOR UPDATE USING (scope_id::text = ANY ({setting:write_records})) WITH CHECK (scope_id::text = ANY ({setting:write_records}));
CREATE POLICY action_evidence_update ON action_evidence FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_evidence TO {role:actions};
GRANT USAGE ON SEQUENCE action_evidence_ref_seq TO {role:actions};
