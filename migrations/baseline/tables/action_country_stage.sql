CREATE TABLE action_country_stage (
    country text PRIMARY KEY CHECK (country ~ '^[A-Z]{2}$'),
    id uuid NOT NULL UNIQUE,
    version integer NOT NULL,
    visibility text NOT NULL CHECK (visibility = 'public'),
    stage smallint NOT NULL CHECK (stage >= 0 AND stage <= 7),
    facts jsonb NOT NULL CHECK (jsonb_array_length(facts) = 7),
    updated_at timestamptz NOT NULL
);

CREATE TRIGGER action_country_stage_counted_delete AFTER DELETE ON action_country_stage REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_country_stage_counted();
CREATE TRIGGER action_country_stage_counted_insert AFTER INSERT ON action_country_stage REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_country_stage_counted();
CREATE TRIGGER action_country_stage_counted_update AFTER UPDATE ON action_country_stage REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_country_stage_counted();

ALTER TABLE action_country_stage ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_country_stage FORCE ROW LEVEL SECURITY;
CREATE POLICY action_country_stage_delete ON action_country_stage FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_country_stage_insert ON action_country_stage FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_country_stage_read ON action_country_stage FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_country_stage_update ON action_country_stage FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_country_stage TO {role:actions};
