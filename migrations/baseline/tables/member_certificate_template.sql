CREATE SEQUENCE member_certificate_template_ref_seq;

CREATE TABLE member_certificate_template (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('TPL', nextval('member_certificate_template_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('support', 'membership', 'designation', 'review', 'participation', 'authorship')),
    titles jsonb NOT NULL,
    bodies jsonb NOT NULL,
    signatory jsonb
);

CREATE UNIQUE INDEX member_certificate_template_active_idx ON member_certificate_template (kind) WHERE (status = 'active');

ALTER TABLE member_certificate_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_certificate_template FORCE ROW LEVEL SECURITY;
CREATE POLICY member_certificate_template_delete ON member_certificate_template FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_certificate_template_insert ON member_certificate_template FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_certificate_template_read ON member_certificate_template FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_certificate_template_update ON member_certificate_template FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_certificate_template TO {role:membership};
GRANT USAGE ON SEQUENCE member_certificate_template_ref_seq TO {role:membership};
