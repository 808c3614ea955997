CREATE TABLE member_affiliation (
    id uuid PRIMARY KEY,
    expert_id uuid NOT NULL REFERENCES member_expert (id),
    country text NOT NULL,
    visibility text NOT NULL,
    version integer NOT NULL,
    institution_id uuid,
    raw text,
    role text,
    unit text,
    starts text,
    ends text,
    is_primary boolean NOT NULL,
    asserted_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    match_status text CHECK (match_status IN ('open', 'unknown', 'linked', 'none')),
    match jsonb,
    match_candidates jsonb,
    matched_at timestamptz,
    put_code text,
    CONSTRAINT member_affiliation_check CHECK (institution_id IS NOT NULL OR raw IS NOT NULL)
);

CREATE INDEX member_affiliation_expert_idx ON member_affiliation (expert_id);
CREATE INDEX member_affiliation_institution_idx ON member_affiliation (institution_id) WHERE (institution_id IS NOT NULL);
CREATE INDEX member_affiliation_open_idx ON member_affiliation (id, country) WHERE (match_status = 'open');
CREATE INDEX member_affiliation_unmatched_idx ON member_affiliation (id) WHERE (match_status IS NULL AND institution_id IS NULL);

ALTER TABLE member_affiliation ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_affiliation FORCE ROW LEVEL SECURITY;
CREATE POLICY member_affiliation_delete ON member_affiliation FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_affiliation_insert ON member_affiliation FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_affiliation_read ON member_affiliation FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_affiliation_search ON member_affiliation FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_affiliation_update ON member_affiliation FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_affiliation TO {role:membership};
GRANT SELECT (expert_id, institution_id, raw) ON member_affiliation TO {role:search};
