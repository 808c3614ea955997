CREATE SEQUENCE member_declaration_ref_seq;

CREATE TABLE member_declaration (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('DEC', nextval('member_declaration_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'signed', 'cleared', 'managed', 'excluded', 'superseded')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    expert_id uuid NOT NULL,
    year integer NOT NULL,
    notice_version text NOT NULL,
    interests jsonb NOT NULL,
    signed_on date
);

CREATE INDEX member_declaration_country_idx ON member_declaration (country, status, id);
CREATE INDEX member_declaration_expert_idx ON member_declaration (expert_id, year);
CREATE INDEX member_declaration_retention_idx ON member_declaration (status, updated_at);

ALTER TABLE member_declaration ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_declaration FORCE ROW LEVEL SECURITY;
CREATE POLICY member_declaration_delete ON member_declaration FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_declaration_follow ON member_declaration FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_declaration_insert ON member_declaration FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_declaration_read ON member_declaration FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_declaration_search ON member_declaration FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_declaration_update ON member_declaration FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_declaration TO {role:membership};
GRANT UPDATE (country), SELECT (expert_id) ON member_declaration TO {role:search};
GRANT USAGE ON SEQUENCE member_declaration_ref_seq TO {role:membership};
