CREATE SEQUENCE member_retention_rule_ref_seq;

CREATE TABLE member_retention_rule (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('RET', nextval('member_retention_rule_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    resource text NOT NULL,
    state text,
    after text NOT NULL,
    action text NOT NULL CHECK (action IN ('delete', 'erase')),
    basis text NOT NULL
);

CREATE UNIQUE INDEX member_retention_rule_active_idx ON member_retention_rule (resource, state) NULLS NOT DISTINCT WHERE (status = 'active');

ALTER TABLE member_retention_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_retention_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY member_retention_rule_delete ON member_retention_rule FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_retention_rule_insert ON member_retention_rule FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_retention_rule_read ON member_retention_rule FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_retention_rule_update ON member_retention_rule FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_retention_rule TO {role:membership};
GRANT USAGE ON SEQUENCE member_retention_rule_ref_seq TO {role:membership};
