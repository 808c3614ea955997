CREATE SEQUENCE centre_centre_ref_seq;

CREATE TABLE centre_centre (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CTR', nextval('centre_centre_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'under_review', 'info_requested', 'awaiting_agreement', 'declined', 'active', 'renewal_due', 'renewal_review', 'suspended', 'expired', 'closed', 'withdrawn')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    names jsonb NOT NULL,
    search_key text NOT NULL,
    host_institution_id uuid NOT NULL,
    unit text,
    committee_id uuid,
    director_id uuid,
    themes text[] NOT NULL,
    terms_of_reference jsonb,
    work_plan jsonb,
    host_letter jsonb,
    address text,
    "position" jsonb,
    final_report jsonb,
    evaluation jsonb,
    previous_status text,
    registration_number text UNIQUE,
    registration_serial integer,
    designated_on date,
    term_number integer,
    term_starts date,
    term_ends date,
    clock_since timestamptz,
    clock_target timestamptz,
    application_answers jsonb NOT NULL DEFAULT '{}',
    application_documents jsonb NOT NULL DEFAULT '[]',
    assignee uuid,
    clock_holder text CHECK (clock_holder IN ('applicant', 'secretariat', 'reviewers', 'host', 'government')),
    clock_days integer,
    clock_spent jsonb NOT NULL DEFAULT '{}',
    clock_announced boolean NOT NULL DEFAULT false,
    public_note text CHECK (length(public_note) <= 500),
    reminded_on date,
    pending_change jsonb,
    change_documents jsonb NOT NULL DEFAULT '[]',
    noted_version integer,
    review_by date,
    closure_cause text CHECK (closure_cause IN ('host_withdrew', 'mutual', 'breach', 'merged')),
    successor_id uuid REFERENCES centre_centre (id),
    pending_closure jsonb,
    closed_on date,
    CONSTRAINT centre_centre_check1 CHECK (num_nulls(term_number, term_starts, term_ends) = ANY (ARRAY[0, 3])),
    CONSTRAINT centre_centre_check2 CHECK (term_ends > term_starts),
    CONSTRAINT centre_centre_check3 CHECK (successor_id <> id),
    CONSTRAINT centre_centre_registered_check CHECK ((num_nulls(registration_number, designated_on) = ANY (ARRAY[0, 2])) AND (registration_number IS NOT NULL OR registration_serial IS NULL)),
    CONSTRAINT centre_centre_country_registration_serial_key UNIQUE (country, registration_serial)
);

CREATE INDEX centre_centre_application_documents_evidence_idx ON centre_centre USING gin (application_documents jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX centre_centre_change_documents_evidence_idx ON centre_centre USING gin (change_documents jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX centre_centre_committee_idx ON centre_centre (committee_id) WHERE (committee_id IS NOT NULL);
CREATE INDEX centre_centre_country_idx ON centre_centre (country, status, id);
CREATE INDEX centre_centre_created_idx ON centre_centre (created_at, id);
CREATE INDEX centre_centre_director_idx ON centre_centre (director_id) WHERE (director_id IS NOT NULL);
CREATE INDEX centre_centre_evaluation_evidence_idx ON centre_centre ((((evaluation ->> 'evidence_id'))::uuid)) WHERE ((evaluation ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_centre_final_report_evidence_idx ON centre_centre ((((final_report ->> 'evidence_id'))::uuid)) WHERE ((final_report ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_centre_host_idx ON centre_centre (host_institution_id);
CREATE INDEX centre_centre_host_letter_evidence_idx ON centre_centre ((((host_letter ->> 'evidence_id'))::uuid)) WHERE ((host_letter ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_centre_overdue_idx ON centre_centre (clock_target) WHERE (clock_target IS NOT NULL AND (NOT clock_announced));
CREATE INDEX centre_centre_successor_idx ON centre_centre (successor_id) WHERE (successor_id IS NOT NULL);
CREATE INDEX centre_centre_term_idx ON centre_centre (term_ends) WHERE (term_ends IS NOT NULL);
CREATE INDEX centre_centre_terms_of_reference_evidence_idx ON centre_centre ((((terms_of_reference ->> 'evidence_id'))::uuid)) WHERE ((terms_of_reference ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_centre_updated_idx ON centre_centre (updated_at, id);
CREATE INDEX centre_centre_work_plan_evidence_idx ON centre_centre ((((work_plan ->> 'evidence_id'))::uuid)) WHERE ((work_plan ->> 'evidence_id') IS NOT NULL);

CREATE TRIGGER centre_centre_counted_delete AFTER DELETE ON centre_centre REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION centre_centre_counted();
CREATE TRIGGER centre_centre_counted_insert AFTER INSERT ON centre_centre REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION centre_centre_counted();
CREATE TRIGGER centre_centre_counted_update AFTER UPDATE ON centre_centre REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION centre_centre_counted();
CREATE TRIGGER centre_centre_registered AFTER INSERT OR DELETE OR UPDATE OF visibility, status, names, host_institution_id, unit, director_id, themes, "position", registration_number, term_number, term_starts, term_ends ON centre_centre FOR EACH ROW EXECUTE FUNCTION centre_register_follow();

ALTER TABLE centre_centre ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_centre FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_centre_delete ON centre_centre FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_centre_documents ON centre_centre FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_centre_insert ON centre_centre FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_centre_read ON centre_centre FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY centre_centre_update ON centre_centre FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_centre TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, terms_of_reference, work_plan, host_letter, final_report, evaluation, registration_number, application_documents, change_documents) ON centre_centre TO {role:search};
GRANT USAGE ON SEQUENCE centre_centre_ref_seq TO {role:centres};
