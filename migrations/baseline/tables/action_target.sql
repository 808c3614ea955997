CREATE SEQUENCE action_target_ref_seq;

CREATE TABLE action_target (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('TGT', nextval('action_target_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'current'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    indicator_id uuid NOT NULL REFERENCES action_indicator (id),
    action_id uuid REFERENCES action_action (id),
    centre_id uuid,
    period_id uuid NOT NULL REFERENCES action_period (id),
    value numeric,
    code text,
    breakdown jsonb NOT NULL,
    comment text,
    CONSTRAINT action_target_check CHECK ((value IS NULL) <> (code IS NULL)),
    CONSTRAINT action_target_subject_key UNIQUE NULLS NOT DISTINCT (indicator_id, period_id, country, action_id, centre_id)
);

CREATE INDEX action_target_action_idx ON action_target (action_id, id) WHERE (action_id IS NOT NULL);
CREATE INDEX action_target_centre_idx ON action_target (centre_id, id) WHERE (centre_id IS NOT NULL);
CREATE INDEX action_target_country_idx ON action_target (country, status, id);
CREATE INDEX action_target_period_idx ON action_target (period_id, id);

ALTER TABLE action_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_target FORCE ROW LEVEL SECURITY;
CREATE POLICY action_target_delete ON action_target FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_target_insert ON action_target FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_target_read ON action_target FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_target_update ON action_target FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_target TO {role:actions};
GRANT USAGE ON SEQUENCE action_target_ref_seq TO {role:actions};
