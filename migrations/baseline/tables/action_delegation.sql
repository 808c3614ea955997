CREATE SEQUENCE action_delegation_ref_seq;

CREATE TABLE action_delegation (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('DLG', nextval('action_delegation_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'ended')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    report_id uuid NOT NULL REFERENCES action_report (id),
    account_id uuid NOT NULL,
    sections text[] NOT NULL CHECK (sections <> '{}'::text[]),
    due_on date
);

CREATE INDEX action_delegation_account_idx ON action_delegation (account_id, id);
CREATE INDEX action_delegation_country_idx ON action_delegation (country, status, id);
CREATE INDEX action_delegation_report_idx ON action_delegation (report_id, id);

ALTER TABLE action_delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_delegation FORCE ROW LEVEL SECURITY;
CREATE POLICY action_delegation_delete ON action_delegation FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));
CREATE POLICY action_delegation_insert ON action_delegation FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));
CREATE POLICY action_delegation_read ON action_delegation FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR report_id::text = ANY ({setting:records}));
CREATE POLICY action_delegation_update ON action_delegation FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_delegation TO {role:actions};
GRANT USAGE ON SEQUENCE action_delegation_ref_seq TO {role:actions};
