CREATE SEQUENCE action_government_body_ref_seq;

CREATE TABLE action_government_body (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('GOV', nextval('action_government_body_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'active'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    search_key text NOT NULL,
    names jsonb NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ministry', 'agency', 'commission', 'parliament', 'presidency', 'other')),
    website text
);

CREATE INDEX action_government_body_country_idx ON action_government_body (country, status, id);
CREATE INDEX action_government_body_created_idx ON action_government_body (created_at, id);
CREATE INDEX action_government_body_updated_idx ON action_government_body (updated_at, id);

ALTER TABLE action_government_body ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_government_body FORCE ROW LEVEL SECURITY;
CREATE POLICY action_government_body_delete ON action_government_body FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_government_body_insert ON action_government_body FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_government_body_read ON action_government_body FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_government_body_update ON action_government_body FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_government_body TO {role:actions};
GRANT USAGE ON SEQUENCE action_government_body_ref_seq TO {role:actions};
