CREATE TABLE access_credential_change (
    id uuid PRIMARY KEY,
    principal_kind text NOT NULL CHECK (principal_kind IN ('account', 'client')),
    principal_id uuid NOT NULL,
    by_kind text NOT NULL,
    by_id uuid,
    what text NOT NULL CHECK (what IN ('email', 'recovery', 'secret')),
    at timestamptz NOT NULL,
    old_email text
);

CREATE INDEX access_credential_change_by_idx ON access_credential_change (by_id);
CREATE INDEX access_credential_change_principal_idx ON access_credential_change (principal_id, by_id);

ALTER TABLE access_credential_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_credential_change FORCE ROW LEVEL SECURITY;
CREATE POLICY access_credential_change_delete ON access_credential_change FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_credential_change_insert ON access_credential_change FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_credential_change_published ON access_credential_change FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_credential_change_read ON access_credential_change FOR SELECT USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_credential_change_update ON access_credential_change FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON access_credential_change TO {role:access};

COMMENT ON COLUMN access_credential_change.old_email IS 'the address before, until the mail to it is on its way';
