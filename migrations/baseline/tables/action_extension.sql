CREATE TABLE action_extension (
    period_id uuid NOT NULL REFERENCES action_period (id),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    until date NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    PRIMARY KEY (period_id, country)
);

ALTER TABLE action_extension ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_extension FORCE ROW LEVEL SECURITY;
CREATE POLICY action_extension_delete ON action_extension FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR period_id::text = ANY ({setting:write_records}));
CREATE POLICY action_extension_insert ON action_extension FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR period_id::text = ANY ({setting:write_records}));
CREATE POLICY action_extension_read ON action_extension FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR period_id::text = ANY ({setting:records}));
CREATE POLICY action_extension_update ON action_extension FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR period_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR period_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_extension TO {role:actions};
