CREATE TABLE member_expert_value (
    expert_id uuid NOT NULL REFERENCES member_expert (id),
    kind text NOT NULL,
    value text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    is_available boolean NOT NULL DEFAULT false,
    PRIMARY KEY (expert_id, kind, value)
);

CREATE INDEX member_expert_value_available_idx ON member_expert_value (kind, value, expert_id) INCLUDE (country, visibility) WHERE is_available;
CREATE INDEX member_expert_value_idx ON member_expert_value (kind, value, expert_id);

ALTER TABLE member_expert_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_expert_value FORCE ROW LEVEL SECURITY;
CREATE POLICY member_expert_value_available ON member_expert_value FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_expert_value_delete ON member_expert_value FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_expert_value_insert ON member_expert_value FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_expert_value_read ON member_expert_value FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_expert_value_search ON member_expert_value FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_expert_value_update ON member_expert_value FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_expert_value TO {role:membership};
GRANT SELECT(is_available), UPDATE(is_available) ON member_expert_value TO {role:search};
GRANT SELECT (expert_id, kind, value) ON member_expert_value TO {role:search};
