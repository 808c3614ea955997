CREATE SEQUENCE action_report_ref_seq;

CREATE TABLE action_report (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PRR', nextval('action_report_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'in_review', 'changes_requested', 'cleared', 'published', 'superseded', 'retracted', 'discarded')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    programme_id uuid NOT NULL REFERENCES action_programme (id),
    period_id uuid NOT NULL REFERENCES action_period (id),
    template_id uuid CONSTRAINT action_report_template_id_not_null1 NOT NULL REFERENCES action_report_template (id),
    prefill text NOT NULL CHECK (prefill IN ('previous', 'none')),
    due_on date NOT NULL,
    replaces_id uuid REFERENCES action_report (id),
    contributors jsonb NOT NULL,
    expert_ids uuid[] NOT NULL,
    authors uuid[] NOT NULL,
    figures jsonb,
    submitted_at timestamptz,
    published_at timestamptz,
    superseded_by uuid REFERENCES action_report (id),
    announced text CHECK (announced IN ('yellow', 'red')),
    reminded_on date,
    reported_at timestamptz
);

CREATE INDEX action_report_awaited_idx ON action_report (due_on, id) WHERE (status IN ('draft', 'changes_requested') AND replaces_id IS NULL);
CREATE INDEX action_report_country_idx ON action_report (country, status, id);
CREATE UNIQUE INDEX action_report_current_key ON action_report (programme_id, period_id) WHERE (status = 'published');
CREATE INDEX action_report_due_idx ON action_report (due_on, id);
CREATE INDEX action_report_experts_idx ON action_report USING gin (expert_ids);
CREATE UNIQUE INDEX action_report_open_key ON action_report (programme_id, period_id) WHERE (status IN ('draft', 'submitted', 'in_review', 'changes_requested', 'cleared'));
CREATE INDEX action_report_period_idx ON action_report (period_id, id);
CREATE INDEX action_report_programme_idx ON action_report (programme_id, id);
CREATE INDEX action_report_replaces_idx ON action_report (replaces_id) WHERE (replaces_id IS NOT NULL);
CREATE INDEX action_report_superseded_idx ON action_report (superseded_by) WHERE (superseded_by IS NOT NULL);
CREATE INDEX action_report_template_idx ON action_report (template_id);

CREATE TRIGGER action_report_counted_delete AFTER DELETE ON action_report REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_report_counted();
CREATE TRIGGER action_report_counted_insert AFTER INSERT ON action_report REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_report_counted();
CREATE TRIGGER action_report_counted_update AFTER UPDATE ON action_report REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_report_counted();
CREATE TRIGGER action_report_tags_follow AFTER UPDATE OF status ON action_report FOR EACH ROW WHEN (new.status <> old.status) EXECUTE FUNCTION action_report_tags_follow();

ALTER TABLE action_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_report FORCE ROW LEVEL SECURITY;
CREATE POLICY action_report_delete ON action_report FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_documents ON action_report FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_report_insert ON action_report FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_read ON action_report FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_report_update ON action_report FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_report TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility) ON action_report TO {role:search};
GRANT USAGE ON SEQUENCE action_report_ref_seq TO {role:actions};
