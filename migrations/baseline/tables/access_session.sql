CREATE SEQUENCE access_session_ref_seq;

CREATE TABLE access_session (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('SES', nextval('access_session_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'ended', 'expired')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    account_id uuid NOT NULL REFERENCES access_account (id),
    label text,
    ends_at timestamptz NOT NULL
);

CREATE INDEX access_session_account_idx ON access_session (account_id, updated_at);
CREATE INDEX access_session_status_idx ON access_session (status, updated_at);

ALTER TABLE access_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_session FORCE ROW LEVEL SECURITY;
CREATE POLICY access_session_delete ON access_session FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_session_insert ON access_session FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_session_published ON access_session FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_session_read ON access_session FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}) OR (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_session_update ON access_session FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON access_session TO {role:access};
GRANT USAGE ON SEQUENCE access_session_ref_seq TO {role:access};
