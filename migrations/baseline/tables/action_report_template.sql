CREATE SEQUENCE action_report_template_ref_seq;

CREATE TABLE action_report_template (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PRT', nextval('action_report_template_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    framework text NOT NULL,
    template_version text NOT NULL,
    titles jsonb NOT NULL,
    sections jsonb NOT NULL,
    CONSTRAINT action_report_template_version_key UNIQUE (framework, template_version)
);

CREATE UNIQUE INDEX action_report_template_active_idx ON action_report_template (framework) WHERE (status = 'active');

ALTER TABLE action_report_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_report_template FORCE ROW LEVEL SECURITY;
CREATE POLICY action_report_template_delete ON action_report_template FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_template_insert ON action_report_template FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_template_public ON action_report_template FOR SELECT USING (visibility = 'public' AND (( SELECT string_to_array(NULLIF(current_setting('escm.countries', true), ''), ',') AS string_to_array) IS NOT NULL));
CREATE POLICY action_report_template_read ON action_report_template FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_report_template_update ON action_report_template FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_report_template TO {role:actions};
GRANT USAGE ON SEQUENCE action_report_template_ref_seq TO {role:actions};
