CREATE SEQUENCE action_calendar_ref_seq;

CREATE TABLE action_calendar (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('ICS', nextval('action_calendar_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'ended')),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    kinds text[] NOT NULL CHECK (cardinality(kinds) > 0),
    programme_id uuid REFERENCES action_programme (id),
    language text NOT NULL,
    owner_kind text NOT NULL CHECK (owner_kind IN ('account', 'client', 'key')),
    owner_id uuid NOT NULL,
    digest bytea NOT NULL UNIQUE,
    CONSTRAINT action_calendar_visibility_check1 CHECK (visibility = 'restricted')
);

CREATE INDEX action_calendar_owner_idx ON action_calendar (owner_id, status, id);
CREATE INDEX action_calendar_programme_idx ON action_calendar (programme_id) WHERE (programme_id IS NOT NULL);

ALTER TABLE action_calendar ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_calendar FORCE ROW LEVEL SECURITY;
CREATE POLICY action_calendar_delete ON action_calendar FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR owner_id::text = ANY ({setting:write_records}));
CREATE POLICY action_calendar_insert ON action_calendar FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR owner_id::text = ANY ({setting:write_records}));
CREATE POLICY action_calendar_read ON action_calendar FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR owner_id::text = ANY ({setting:records}));
CREATE POLICY action_calendar_update ON action_calendar FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR owner_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR owner_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_calendar TO {role:actions};
GRANT USAGE ON SEQUENCE action_calendar_ref_seq TO {role:actions};
