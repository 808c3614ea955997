CREATE SEQUENCE centre_annual_report_ref_seq;

CREATE TABLE centre_annual_report (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('RPT', nextval('centre_annual_report_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('due', 'draft', 'submitted', 'accepted', 'waived')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    term_id uuid,
    number integer CHECK (number > 0),
    year integer NOT NULL,
    period_starts date NOT NULL,
    period_ends date NOT NULL,
    due date NOT NULL,
    template_id uuid REFERENCES centre_report_template (id),
    template_version text,
    answers jsonb NOT NULL,
    figures jsonb NOT NULL,
    public_answers jsonb NOT NULL,
    public_figures jsonb NOT NULL,
    documents jsonb NOT NULL,
    answered jsonb NOT NULL,
    prefilled text[] NOT NULL,
    required integer NOT NULL,
    missing integer NOT NULL,
    comments jsonb NOT NULL,
    submitted_on date,
    submitted_by text,
    accepted_on date,
    announced text CHECK (announced IN ('entered_late', 'yellow', 'red')),
    reminded_on date,
    kind text NOT NULL DEFAULT 'annual' CHECK (kind IN ('annual', 'final')),
    CONSTRAINT centre_annual_report_check CHECK (period_ends >= period_starts),
    CONSTRAINT centre_annual_report_numbered CHECK (CASE kind WHEN 'annual' THEN ((term_id IS NULL) = (number IS NULL)) ELSE (term_id IS NOT NULL AND number IS NULL) END)
);

CREATE INDEX centre_annual_report_answered_evidence_idx ON centre_annual_report USING gin (answered jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX centre_annual_report_awaited_idx ON centre_annual_report (due, id) WHERE (status IN ('due', 'draft'));
CREATE INDEX centre_annual_report_centre_idx ON centre_annual_report (centre_id, period_ends);
CREATE INDEX centre_annual_report_country_idx ON centre_annual_report (country, status, id);
CREATE INDEX centre_annual_report_documents_evidence_idx ON centre_annual_report USING gin (documents jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX centre_annual_report_due_idx ON centre_annual_report (due, id);
CREATE UNIQUE INDEX centre_annual_report_final_key ON centre_annual_report (term_id) WHERE (kind = 'final');
CREATE UNIQUE INDEX centre_annual_report_number_key ON centre_annual_report (term_id, number) WHERE (term_id IS NOT NULL);
CREATE INDEX centre_annual_report_template_idx ON centre_annual_report (template_id) WHERE (template_id IS NOT NULL);
CREATE UNIQUE INDEX centre_annual_report_year_key ON centre_annual_report (centre_id, year) WHERE (term_id IS NULL);

ALTER TABLE centre_annual_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_annual_report FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_annual_report_delete ON centre_annual_report FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_annual_report_documents ON centre_annual_report FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_annual_report_insert ON centre_annual_report FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_annual_report_read ON centre_annual_report FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_annual_report_update ON centre_annual_report FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_annual_report TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, centre_id, documents, answered) ON centre_annual_report TO {role:search};
GRANT USAGE ON SEQUENCE centre_annual_report_ref_seq TO {role:centres};
