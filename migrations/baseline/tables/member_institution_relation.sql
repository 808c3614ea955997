CREATE TABLE member_institution_relation (
    institution_id uuid NOT NULL REFERENCES member_institution (id),
    kind text NOT NULL CHECK (kind IN ('parent', 'child', 'predecessor', 'successor', 'related')),
    other text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (institution_id, kind, other)
);

CREATE INDEX member_institution_relation_other_idx ON member_institution_relation (other);

ALTER TABLE member_institution_relation ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_institution_relation FORCE ROW LEVEL SECURITY;
CREATE POLICY member_institution_relation_delete ON member_institution_relation FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records}));
CREATE POLICY member_institution_relation_insert ON member_institution_relation FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records}));
CREATE POLICY member_institution_relation_read ON member_institution_relation FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR institution_id::text = ANY ({setting:records}));
CREATE POLICY member_institution_relation_update ON member_institution_relation FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR institution_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_institution_relation TO {role:membership};
