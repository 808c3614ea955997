CREATE TABLE action_tag (
    id uuid NOT NULL,
    kind text NOT NULL,
    scheme text NOT NULL,
    code text NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (id, scheme, code)
);

CREATE INDEX action_tag_code_idx ON action_tag (scheme, code, kind, id);
CREATE INDEX action_tag_country_idx ON action_tag (country, scheme, code, id);

ALTER TABLE action_tag ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_tag FORCE ROW LEVEL SECURITY;
CREATE POLICY action_tag_delete ON action_tag FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_tag_insert ON action_tag FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_tag_read ON action_tag FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_tag_update ON action_tag FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_tag TO {role:actions};
