CREATE TABLE action_result_validation (
    result_id uuid PRIMARY KEY REFERENCES action_result (id) ON DELETE CASCADE,
    country text NOT NULL,
    centre_id uuid,
    state text NOT NULL CHECK (state IN ('error', 'warning', 'clean'))
);

CREATE INDEX action_result_validation_state_idx ON action_result_validation (state, result_id);

ALTER TABLE action_result_validation ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_result_validation FORCE ROW LEVEL SECURITY;
CREATE POLICY action_result_validation_insert ON action_result_validation FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (cardinality({setting:write_countries}) > 0) OR (cardinality({setting:write_records}) > 0));
CREATE POLICY action_result_validation_read ON action_result_validation FOR SELECT USING (('restricted' = ANY ({setting:visibilities})) OR country = ANY ({setting:countries}) OR result_id::text = ANY ({setting:records}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY action_result_validation_update ON action_result_validation FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (cardinality({setting:write_countries}) > 0) OR (cardinality({setting:write_records}) > 0)) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (cardinality({setting:write_countries}) > 0) OR (cardinality({setting:write_records}) > 0));

GRANT SELECT, INSERT, UPDATE ON action_result_validation TO {role:actions};
