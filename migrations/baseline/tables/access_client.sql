CREATE SEQUENCE access_client_ref_seq;

CREATE TABLE access_client (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CLI', nextval('access_client_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'active', 'suspended', 'revoked')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    client_id text NOT NULL UNIQUE CHECK (client_id ~ '^[A-Za-z0-9._~-]{3,80}$'),
    name text NOT NULL,
    search_key text NOT NULL,
    secrets bytea[] NOT NULL CHECK (cardinality(secrets) <= 2),
    jwks jsonb,
    scope_kind text NOT NULL,
    scope_id text,
    resources text[] NOT NULL,
    verbs text[] NOT NULL,
    ip_allow text[] NOT NULL,
    sandbox boolean NOT NULL,
    proposed_secret bytea,
    made_by_country boolean NOT NULL DEFAULT false,
    suspended_by text CHECK (suspended_by IN ('secretariat', 'country', 'system')),
    previous_status text
);

CREATE INDEX access_client_country_idx ON access_client (country, id) WHERE (country IS NOT NULL);

ALTER TABLE access_client ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_client FORCE ROW LEVEL SECURITY;
CREATE POLICY access_client_delete ON access_client FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_client_insert ON access_client FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_client_published ON access_client FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_client_read ON access_client FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}) OR (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_client_update ON access_client FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE ON access_client TO {role:access};
GRANT USAGE ON SEQUENCE access_client_ref_seq TO {role:access};
