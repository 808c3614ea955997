CREATE TABLE action_value (
    id uuid NOT NULL,
    indicator_id uuid NOT NULL,
    valid_from timestamptz NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    period text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    key text NOT NULL,
    part text NOT NULL,
    valid_to timestamptz,
    number numeric,
    numerator numeric,
    denominator numeric,
    code text,
    missing text,
    action_id uuid,
    centre_id uuid,
    PRIMARY KEY (id, key, part)
)
WITH (autovacuum_vacuum_insert_scale_factor='0.02', autovacuum_vacuum_scale_factor='0.02');

CREATE INDEX action_value_indicator_idx ON action_value (indicator_id, key, period, ends, country) INCLUDE (visibility, part, id, number, numerator, denominator, code, missing, action_id, centre_id, starts, valid_from, valid_to);

ALTER TABLE action_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_value FORCE ROW LEVEL SECURITY;
CREATE POLICY action_value_delete ON action_value FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY action_value_insert ON action_value FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY action_value_read ON action_value FOR SELECT USING ((visibility = ( SELECT (string_to_array(current_setting('escm.visibilities', true), ','))[1] AS string_to_array)) OR (visibility = ( SELECT (string_to_array(current_setting('escm.visibilities', true), ','))[2] AS string_to_array)) OR (visibility = ( SELECT (string_to_array(current_setting('escm.visibilities', true), ','))[3] AS string_to_array)) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY action_value_update ON action_value FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_value TO {role:actions};

COMMENT ON TABLE action_value IS 'published results (key and part empty) and their parts by one dimension; id is the result''s';
