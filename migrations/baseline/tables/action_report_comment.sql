CREATE SEQUENCE action_report_comment_ref_seq;

CREATE TABLE action_report_comment (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PRC', nextval('action_report_comment_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'answered', 'resolved')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    report_id uuid NOT NULL REFERENCES action_report (id),
    section text NOT NULL,
    item text,
    text text NOT NULL,
    must_answer boolean NOT NULL,
    answer text
);

CREATE INDEX action_report_comment_country_idx ON action_report_comment (country, status, id);
CREATE INDEX action_report_comment_report_idx ON action_report_comment (report_id, id);

ALTER TABLE action_report_comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_report_comment FORCE ROW LEVEL SECURITY;
CREATE POLICY action_report_comment_delete ON action_report_comment FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_comment_insert ON action_report_comment FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_comment_read ON action_report_comment FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR report_id::text = ANY ({setting:records}));
CREATE POLICY action_report_comment_update ON action_report_comment FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_report_comment TO {role:actions};
GRANT USAGE ON SEQUENCE action_report_comment_ref_seq TO {role:actions};
