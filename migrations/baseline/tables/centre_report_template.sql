CREATE SEQUENCE centre_report_template_ref_seq;

CREATE TABLE centre_report_template (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('RTP', nextval('centre_report_template_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('application', 'annual_report', 'final_report', 'evaluation')),
    template_version text NOT NULL,
    titles jsonb NOT NULL,
    sections jsonb NOT NULL,
    CONSTRAINT centre_report_template_version_key UNIQUE (kind, template_version)
);

CREATE UNIQUE INDEX centre_report_template_active_idx ON centre_report_template (kind) WHERE (status = 'active');

ALTER TABLE centre_report_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_report_template FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_report_template_delete ON centre_report_template FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_report_template_insert ON centre_report_template FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_report_template_public ON centre_report_template FOR SELECT USING (visibility = 'public' AND (( SELECT string_to_array(NULLIF(current_setting('escm.countries', true), ''), ',') AS string_to_array) IS NOT NULL));
CREATE POLICY centre_report_template_read ON centre_report_template FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY centre_report_template_update ON centre_report_template FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_report_template TO {role:centres};
GRANT USAGE ON SEQUENCE centre_report_template_ref_seq TO {role:centres};
