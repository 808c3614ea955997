CREATE SEQUENCE action_task_ref_seq;

CREATE TABLE action_task (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('TSK', nextval('action_task_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'in_progress', 'done', 'verified', 'cancelled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    titles jsonb NOT NULL,
    text jsonb NOT NULL,
    due date NOT NULL,
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    owner_id uuid,
    owner_role text CHECK (owner_role IN ('secretariat_officer', 'government_focal_point', 'national_author', 'national_publisher', 'committee_president', 'committee_secretary')),
    about_kind text CHECK (about_kind IN ('meeting', 'correspondence', 'report_review', 'milestone', 'other')),
    about_record uuid,
    completed_by text,
    completed_on date,
    verified_on date,
    raised_for date,
    overdue_for date,
    completers uuid[] NOT NULL,
    search_key text NOT NULL,
    about_decision text,
    CONSTRAINT action_task_check CHECK (owner_id IS NULL OR owner_role IS NULL),
    CONSTRAINT action_task_check1 CHECK (about_decision IS NULL OR about_kind = 'meeting'),
    CONSTRAINT action_task_visibility_check1 CHECK (visibility = 'restricted')
);

CREATE INDEX action_task_about_idx ON action_task (about_record, id) WHERE (about_record IS NOT NULL);
CREATE INDEX action_task_country_idx ON action_task (country, status, id);
CREATE INDEX action_task_due_idx ON action_task (due, id);
CREATE INDEX action_task_late_idx ON action_task (due, id) WHERE (status IN ('open', 'in_progress') AND (overdue_for IS DISTINCT FROM due));
CREATE INDEX action_task_owner_idx ON action_task (owner_id, status, id) WHERE (owner_id IS NOT NULL);
CREATE UNIQUE INDEX action_task_raised_key ON action_task (about_record, raised_for) WHERE (raised_for IS NOT NULL);

ALTER TABLE action_task ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_task FORCE ROW LEVEL SECURITY;
CREATE POLICY action_task_delete ON action_task FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_task_insert ON action_task FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_task_read ON action_task FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_task_update ON action_task FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_task TO {role:actions};
GRANT USAGE ON SEQUENCE action_task_ref_seq TO {role:actions};
