CREATE SEQUENCE action_task_comment_ref_seq;

CREATE TABLE action_task_comment (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('TCM', nextval('action_task_comment_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'posted'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    task_id uuid NOT NULL REFERENCES action_task (id),
    text text NOT NULL,
    CONSTRAINT action_task_comment_visibility_check1 CHECK (visibility = 'restricted')
);

CREATE INDEX action_task_comment_country_idx ON action_task_comment (country, id);
CREATE INDEX action_task_comment_task_idx ON action_task_comment (task_id, id);

ALTER TABLE action_task_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_task_comment FORCE ROW LEVEL SECURITY;
CREATE POLICY action_task_comment_delete ON action_task_comment FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR task_id::text = ANY ({setting:write_records}));
CREATE POLICY action_task_comment_insert ON action_task_comment FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR task_id::text = ANY ({setting:write_records}));
CREATE POLICY action_task_comment_read ON action_task_comment FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR task_id::text = ANY ({setting:records}));
CREATE POLICY action_task_comment_update ON action_task_comment FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR task_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR task_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_task_comment TO {role:actions};
GRANT USAGE ON SEQUENCE action_task_comment_ref_seq TO {role:actions};
