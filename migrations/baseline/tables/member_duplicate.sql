CREATE SEQUENCE member_duplicate_ref_seq;

CREATE TABLE member_duplicate (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('DUP', nextval('member_duplicate_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'dismissed', 'merged')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    resource text NOT NULL CHECK (resource IN ('experts', 'institutions')),
    a uuid NOT NULL,
    b uuid NOT NULL,
    country_a text NOT NULL,
    country_b text NOT NULL,
    score double precision NOT NULL CHECK ((score >= 0::double precision) AND (score <= 1::double precision)),
    reasons text[] NOT NULL,
    found_by text NOT NULL CHECK (found_by IN ('entry', 'job', 'import')),
    basis text NOT NULL,
    dismissed_by text,
    dismissed_at timestamptz,
    dismissal text,
    settled_by uuid,
    instead_of uuid,
    CONSTRAINT member_duplicate_check CHECK (a < b),
    CONSTRAINT member_duplicate_check1 CHECK (NOT (country IS DISTINCT FROM CASE WHEN (country_a = country_b) THEN country_a ELSE NULL::text END)),
    CONSTRAINT member_duplicate_resource_a_b_key UNIQUE (resource, a, b)
);

CREATE INDEX member_duplicate_a_idx ON member_duplicate (a);
CREATE INDEX member_duplicate_b_idx ON member_duplicate (b);
CREATE INDEX member_duplicate_score_idx ON member_duplicate (resource, status, score, id);

ALTER TABLE member_duplicate ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_duplicate FORCE ROW LEVEL SECURITY;
CREATE POLICY member_duplicate_delete ON member_duplicate FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (country_a = ANY ({setting:write_countries}) AND country_b = ANY ({setting:write_countries})));
CREATE POLICY member_duplicate_follow ON member_duplicate FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_duplicate_follow_read ON member_duplicate FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_duplicate_insert ON member_duplicate FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (country_a = ANY ({setting:write_countries}) AND country_b = ANY ({setting:write_countries})) OR country_a = ANY ({setting:write_countries}) OR country_b = ANY ({setting:write_countries}) OR a::text = ANY ({setting:write_records}) OR b::text = ANY ({setting:write_records}));
CREATE POLICY member_duplicate_read ON member_duplicate FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR (country_a = ANY ({setting:countries}) AND country_b = ANY ({setting:countries})));
CREATE POLICY member_duplicate_update ON member_duplicate FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (country_a = ANY ({setting:write_countries}) AND country_b = ANY ({setting:write_countries}))) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR (country_a = ANY ({setting:write_countries}) AND country_b = ANY ({setting:write_countries})));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_duplicate TO {role:membership};
GRANT SELECT(country_a), UPDATE(country_a) ON member_duplicate TO {role:search};
GRANT SELECT(country_b), UPDATE(country_b) ON member_duplicate TO {role:search};
GRANT UPDATE (country), SELECT (a, b) ON member_duplicate TO {role:search};
GRANT USAGE ON SEQUENCE member_duplicate_ref_seq TO {role:membership};

COMMENT ON COLUMN member_duplicate.country IS 'of both records; empty where they lie in two countries';
COMMENT ON COLUMN member_duplicate.basis IS 'a digest of what was compared: a dismissed pair comes back when it differs';
COMMENT ON COLUMN member_duplicate.settled_by IS 'the record that was merged away, where its merge ended the pair';
COMMENT ON COLUMN member_duplicate.instead_of IS 'the pair of a record merged away that this one of its winner stands for';
