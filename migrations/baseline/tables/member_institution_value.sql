CREATE TABLE member_institution_value (
    institution_id uuid NOT NULL REFERENCES member_institution (id),
    kind text NOT NULL CHECK (kind IN ('type', 'domain', 'name', 'short', 'word')),
    value text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (institution_id, kind, value)
);

CREATE INDEX member_institution_value_idx ON member_institution_value (kind, value, institution_id);

CREATE TRIGGER member_institution_value_formed AFTER INSERT ON member_institution_value REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_institution_formed();

ALTER TABLE member_institution_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_institution_value FORCE ROW LEVEL SECURITY;
CREATE POLICY member_institution_value_delete ON member_institution_value FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records}));
CREATE POLICY member_institution_value_insert ON member_institution_value FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records}));
CREATE POLICY member_institution_value_read ON member_institution_value FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR institution_id::text = ANY ({setting:records}));
CREATE POLICY member_institution_value_search ON member_institution_value FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_institution_value_update ON member_institution_value FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_institution_value TO {role:membership};
GRANT SELECT (institution_id, kind, value) ON member_institution_value TO {role:search};
