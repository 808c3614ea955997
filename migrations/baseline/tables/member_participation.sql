CREATE SEQUENCE member_participation_ref_seq;

CREATE TABLE member_participation (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PAR', nextval('member_participation_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('registered', 'attended', 'absent', 'superseded')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    congress_id uuid NOT NULL REFERENCES member_congress (id),
    expert_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('participant', 'speaker', 'chair', 'organiser', 'student')),
    mode text CHECK (mode IN ('onsite', 'online')),
    superseded_by uuid,
    status_before text
);

CREATE INDEX member_participation_congress_idx ON member_participation (congress_id, id);
CREATE INDEX member_participation_country_idx ON member_participation (country, status, id);
CREATE INDEX member_participation_expert_idx ON member_participation (expert_id, id);
CREATE UNIQUE INDEX member_participation_living_key ON member_participation (expert_id, congress_id, role) WHERE (status IN ('registered', 'attended'));
CREATE INDEX member_participation_superseded_idx ON member_participation (superseded_by) WHERE (superseded_by IS NOT NULL);

ALTER TABLE member_participation ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_participation FORCE ROW LEVEL SECURITY;
CREATE POLICY member_participation_delete ON member_participation FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_participation_follow ON member_participation FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_participation_insert ON member_participation FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_participation_read ON member_participation FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_participation_search ON member_participation FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_participation_update ON member_participation FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_participation TO {role:membership};
GRANT SELECT(country), UPDATE(country) ON member_participation TO {role:search};
GRANT SELECT (id, status, congress_id, expert_id, role) ON member_participation TO {role:search};
GRANT USAGE ON SEQUENCE member_participation_ref_seq TO {role:membership};
