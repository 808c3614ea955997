CREATE SEQUENCE member_message_ref_seq;

CREATE TABLE member_message (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('MSG', nextval('member_message_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'sent'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    expert_id uuid NOT NULL,
    text text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('file', 'internal')),
    attachments jsonb NOT NULL
);

CREATE INDEX member_message_attachments_evidence_idx ON member_message USING gin (attachments jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX member_message_file_idx ON member_message (expert_id, id);

ALTER TABLE member_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_message FORCE ROW LEVEL SECURITY;
CREATE POLICY member_message_delete ON member_message FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_message_documents ON member_message FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_message_follow ON member_message FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_message_insert ON member_message FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_message_internal ON member_message AS RESTRICTIVE TO {role:membership} USING (audience = 'file' OR ('internal' = ANY ({setting:visibilities}))) WITH CHECK (audience = 'file' OR ('internal' = ANY ({setting:visibilities})));
CREATE POLICY member_message_read ON member_message FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_message_search ON member_message FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_message_update ON member_message FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_message TO {role:membership};
GRANT SELECT(country), UPDATE(country) ON member_message TO {role:search};
GRANT SELECT (id, ref, status, visibility, expert_id, audience, attachments) ON member_message TO {role:search};
GRANT USAGE ON SEQUENCE member_message_ref_seq TO {role:membership};
