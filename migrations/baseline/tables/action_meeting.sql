CREATE SEQUENCE action_meeting_ref_seq;

CREATE TABLE action_meeting (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('MTG', nextval('action_meeting_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'held'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    search_key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('online', 'onsite', 'hybrid')),
    date date NOT NULL,
    titles jsonb NOT NULL,
    participants jsonb NOT NULL,
    decisions jsonb NOT NULL
);

CREATE INDEX action_meeting_country_idx ON action_meeting (country, status, id);
CREATE INDEX action_meeting_created_idx ON action_meeting (created_at, id);
CREATE INDEX action_meeting_date_idx ON action_meeting (country, date, id);
CREATE INDEX action_meeting_updated_idx ON action_meeting (updated_at, id);

ALTER TABLE action_meeting ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_meeting FORCE ROW LEVEL SECURITY;
CREATE POLICY action_meeting_delete ON action_meeting FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_meeting_insert ON action_meeting FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_meeting_read ON action_meeting FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_meeting_update ON action_meeting FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_meeting TO {role:actions};
GRANT USAGE ON SEQUENCE action_meeting_ref_seq TO {role:actions};
