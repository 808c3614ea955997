CREATE SEQUENCE centre_term_ref_seq;

CREATE TABLE centre_term (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('TRM', nextval('centre_term_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('current', 'ended')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    number integer NOT NULL CHECK (number > 0),
    starts date NOT NULL,
    ends date NOT NULL,
    terms_of_reference jsonb,
    work_plan jsonb,
    decided_on date NOT NULL,
    endorsement_id uuid,
    waiver jsonb,
    consent_lapsed_on date,
    ended_on date,
    suspension_proposed_on date,
    conditions jsonb NOT NULL DEFAULT '[]',
    decision jsonb,
    decision_id uuid REFERENCES centre_decision (id),
    CONSTRAINT centre_term_check CHECK (ends > starts),
    CONSTRAINT centre_term_centre_id_number_key UNIQUE (centre_id, number)
);

CREATE INDEX centre_term_country_idx ON centre_term (country, status, id);
CREATE UNIQUE INDEX centre_term_current_key ON centre_term (centre_id) WHERE (status = 'current');
CREATE INDEX centre_term_decision_evidence_idx ON centre_term ((((decision ->> 'evidence_id'))::uuid)) WHERE ((decision ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_term_decision_idx ON centre_term (decision_id) WHERE (decision_id IS NOT NULL);
CREATE INDEX centre_term_terms_of_reference_evidence_idx ON centre_term ((((terms_of_reference ->> 'evidence_id'))::uuid)) WHERE ((terms_of_reference ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_term_work_plan_evidence_idx ON centre_term ((((work_plan ->> 'evidence_id'))::uuid)) WHERE ((work_plan ->> 'evidence_id') IS NOT NULL);

ALTER TABLE centre_term ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_term FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_term_delete ON centre_term FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_term_documents ON centre_term FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_term_insert ON centre_term FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_term_read ON centre_term FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_term_update ON centre_term FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_term TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, centre_id, terms_of_reference, work_plan, decision) ON centre_term TO {role:search};
GRANT USAGE ON SEQUENCE centre_term_ref_seq TO {role:centres};
