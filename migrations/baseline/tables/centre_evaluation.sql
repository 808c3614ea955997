CREATE SEQUENCE centre_evaluation_ref_seq;

CREATE TABLE centre_evaluation (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('EVA', nextval('centre_evaluation_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'in_progress', 'completed', 'cancelled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    kind text NOT NULL CHECK (kind IN ('mid_term', 'renewal', 'special')),
    panel jsonb NOT NULL,
    criteria jsonb NOT NULL,
    starts date,
    ends date,
    visit date,
    report jsonb,
    recommendation text CHECK (recommendation IN ('renew', 'renew_with_conditions', 'not_renew')),
    conditions jsonb NOT NULL,
    completed_on date,
    response text,
    responded_on date,
    conflicts jsonb NOT NULL,
    CONSTRAINT centre_evaluation_check CHECK (ends >= starts),
    CONSTRAINT centre_evaluation_check1 CHECK ((completed_on IS NULL) = (status <> 'completed')),
    CONSTRAINT centre_evaluation_check2 CHECK ((responded_on IS NULL) = (response IS NULL))
);

CREATE INDEX centre_evaluation_centre_idx ON centre_evaluation (centre_id, id);
CREATE INDEX centre_evaluation_conflicts_idx ON centre_evaluation USING gin (conflicts jsonb_path_ops);
CREATE INDEX centre_evaluation_country_idx ON centre_evaluation (country, status, id);
CREATE INDEX centre_evaluation_panel_idx ON centre_evaluation USING gin (panel jsonb_path_ops);
CREATE INDEX centre_evaluation_report_evidence_idx ON centre_evaluation ((((report ->> 'evidence_id'))::uuid)) WHERE ((report ->> 'evidence_id') IS NOT NULL);

ALTER TABLE centre_evaluation ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_evaluation FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_evaluation_centre_read ON centre_evaluation FOR SELECT USING (centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_evaluation_centre_update ON centre_evaluation FOR UPDATE USING (centre_id::text = ANY ({setting:write_records})) WITH CHECK (centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_conflict ON centre_evaluation AS RESTRICTIVE FOR SELECT TO {role:centres} USING (NOT ((conflicts <> '[]'::jsonb) AND (EXISTS ( SELECT FROM jsonb_array_elements(centre_evaluation.conflicts) c(value) WHERE ((c.value ->> 'expert_id') = ANY ({setting:records}))))));
CREATE POLICY centre_evaluation_delete ON centre_evaluation FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_documents ON centre_evaluation FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_evaluation_insert ON centre_evaluation FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_read ON centre_evaluation FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY centre_evaluation_update ON centre_evaluation FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_evaluation TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, centre_id, report) ON centre_evaluation TO {role:search};
GRANT USAGE ON SEQUENCE centre_evaluation_ref_seq TO {role:centres};
