CREATE TABLE member_credential_key (
    kid text PRIMARY KEY,
    public jsonb NOT NULL,
    private bytea,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    signs_until timestamptz NOT NULL
);

ALTER TABLE member_credential_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_credential_key FORCE ROW LEVEL SECURITY;
CREATE POLICY member_credential_key_delete ON member_credential_key FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_credential_key_insert ON member_credential_key FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_credential_key_read ON member_credential_key FOR SELECT USING ('internal' = ANY ({setting:visibilities}));
CREATE POLICY member_credential_key_update ON member_credential_key FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON member_credential_key TO {role:membership};
