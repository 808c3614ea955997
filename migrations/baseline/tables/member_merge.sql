CREATE SEQUENCE member_merge_ref_seq;

CREATE TABLE member_merge (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('MRG', nextval('member_merge_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('merged', 'undone')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    resource text NOT NULL CHECK (resource IN ('experts', 'institutions')),
    winner_id uuid NOT NULL,
    winner_version integer NOT NULL,
    loser_id uuid NOT NULL,
    loser_country text NOT NULL CHECK (loser_country ~ '^[A-Z]{2}$'),
    choices jsonb NOT NULL,
    moved jsonb NOT NULL,
    CONSTRAINT member_merge_check CHECK (winner_id <> loser_id)
);

CREATE INDEX member_merge_country_idx ON member_merge (country, status, id);
CREATE INDEX member_merge_created_idx ON member_merge (created_at, id);
CREATE UNIQUE INDEX member_merge_loser_key ON member_merge (loser_id) WHERE (status = 'merged');
CREATE INDEX member_merge_updated_idx ON member_merge (updated_at, id);
CREATE INDEX member_merge_winner_idx ON member_merge (winner_id, winner_version);

ALTER TABLE member_merge ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_merge FORCE ROW LEVEL SECURITY;
CREATE POLICY member_merge_delete ON member_merge FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_merge_insert ON member_merge FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_merge_loser_insert ON member_merge AS RESTRICTIVE FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR loser_country = ANY ({setting:write_countries}));
CREATE POLICY member_merge_loser_read ON member_merge AS RESTRICTIVE FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR loser_country = ANY ({setting:countries}));
CREATE POLICY member_merge_loser_update ON member_merge AS RESTRICTIVE FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR loser_country = ANY ({setting:write_countries}));
CREATE POLICY member_merge_read ON member_merge FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_merge_update ON member_merge FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_merge TO {role:membership};
GRANT USAGE ON SEQUENCE member_merge_ref_seq TO {role:membership};
