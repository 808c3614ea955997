CREATE SEQUENCE action_assessment_ref_seq;

CREATE TABLE action_assessment (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('ASM', nextval('action_assessment_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'published', 'superseded', 'retracted')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('programme', 'action', 'milestone', 'centre')),
    subject_id uuid NOT NULL,
    period_id uuid NOT NULL REFERENCES action_period (id),
    completion text NOT NULL CHECK (completion IN ('no_evidence', 'not_started', 'limited', 'substantial', 'complete')),
    assessor jsonb NOT NULL,
    expert_id uuid,
    text jsonb NOT NULL,
    date date NOT NULL,
    independent boolean NOT NULL,
    conflict_of_interest boolean NOT NULL,
    evidence jsonb NOT NULL,
    reply_due date,
    reply jsonb,
    replied_on date,
    published_on date
);

CREATE INDEX action_assessment_compared_idx ON action_assessment (country, subject_kind, subject_id, period_id, date DESC, id DESC) WHERE (status = 'published' AND independent);
CREATE INDEX action_assessment_country_idx ON action_assessment (country, status, id);
CREATE INDEX action_assessment_evidence_evidence_idx ON action_assessment USING gin (evidence jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX action_assessment_expert_idx ON action_assessment (expert_id) WHERE (expert_id IS NOT NULL);
CREATE INDEX action_assessment_period_idx ON action_assessment (period_id, id);
CREATE INDEX action_assessment_subject_idx ON action_assessment (subject_id, id);

CREATE TRIGGER action_assessment_counted_delete AFTER DELETE ON action_assessment REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_assessment_counted();
CREATE TRIGGER action_assessment_counted_insert AFTER INSERT ON action_assessment REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_assessment_counted();
CREATE TRIGGER action_assessment_counted_update AFTER UPDATE ON action_assessment REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_assessment_counted();

ALTER TABLE action_assessment ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_assessment FORCE ROW LEVEL SECURITY;
CREATE POLICY action_assessment_delete ON action_assessment FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR subject_id::text = ANY ({setting:write_records}));
CREATE POLICY action_assessment_documents ON action_assessment FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_assessment_insert ON action_assessment FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR subject_id::text = ANY ({setting:write_records}));
CREATE POLICY action_assessment_read ON action_assessment FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR subject_id::text = ANY ({setting:records}));
CREATE POLICY action_assessment_update ON action_assessment FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR subject_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR subject_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_assessment TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, subject_id, evidence) ON action_assessment TO {role:search};
GRANT USAGE ON SEQUENCE action_assessment_ref_seq TO {role:actions};
