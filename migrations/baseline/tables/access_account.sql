CREATE SEQUENCE access_account_ref_seq;

CREATE TABLE access_account (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('ACC', nextval('access_account_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('invited', 'active', 'suspended', 'closed')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    email text NOT NULL,
    email_key text NOT NULL,
    name text NOT NULL,
    search_key text NOT NULL,
    password_hash text,
    email_verified boolean NOT NULL DEFAULT false,
    language text NOT NULL DEFAULT 'en',
    notifications jsonb NOT NULL DEFAULT '{}',
    made_by_country boolean NOT NULL DEFAULT false,
    suspended_by text CHECK (suspended_by IN ('secretariat', 'country', 'system')),
    previous_status text
);

CREATE INDEX access_account_country_idx ON access_account (country, id) WHERE (country IS NOT NULL);
CREATE UNIQUE INDEX access_account_email_key_key ON access_account (email_key) WHERE (status <> 'closed');
CREATE INDEX access_account_registered_idx ON access_account (created_at) WHERE (created_by = ('account:' || id::text));

ALTER TABLE access_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_account FORCE ROW LEVEL SECURITY;
CREATE POLICY access_account_delete ON access_account FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_account_insert ON access_account FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_account_published ON access_account FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_account_read ON access_account FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}) OR (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_account_update ON access_account FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON access_account TO {role:access};
GRANT USAGE ON SEQUENCE access_account_ref_seq TO {role:access};
