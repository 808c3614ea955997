CREATE SEQUENCE access_api_key_ref_seq;

CREATE TABLE access_api_key (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('KEY', nextval('access_api_key_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'active', 'suspended', 'revoked', 'expired')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    name text NOT NULL,
    hint text NOT NULL,
    digest bytea NOT NULL UNIQUE,
    owner_kind text NOT NULL CHECK (owner_kind IN ('account', 'client')),
    owner_id uuid NOT NULL,
    resources text[] NOT NULL,
    verbs text[] NOT NULL,
    countries text[],
    expires_at timestamptz NOT NULL
);

CREATE INDEX access_api_key_expires_idx ON access_api_key (expires_at) WHERE (status IN ('proposed', 'active', 'suspended'));
CREATE INDEX access_api_key_owner_idx ON access_api_key (owner_id);

ALTER TABLE access_api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY access_api_key_delete ON access_api_key FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_api_key_insert ON access_api_key FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_api_key_published ON access_api_key FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_api_key_read ON access_api_key FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}) OR (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_api_key_update ON access_api_key FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE ON access_api_key TO {role:access};
GRANT USAGE ON SEQUENCE access_api_key_ref_seq TO {role:access};
