CREATE SEQUENCE centre_message_ref_seq;

CREATE TABLE centre_message (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CMS', nextval('centre_message_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'sent'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    text text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('file', 'internal')),
    attachments jsonb NOT NULL
);

CREATE INDEX centre_message_attachments_evidence_idx ON centre_message USING gin (attachments jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX centre_message_file_idx ON centre_message (centre_id, id);

ALTER TABLE centre_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_message FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_message_delete ON centre_message FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_message_documents ON centre_message FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_message_insert ON centre_message FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_message_internal ON centre_message AS RESTRICTIVE TO {role:centres} USING (audience = 'file' OR ('internal' = ANY ({setting:visibilities}))) WITH CHECK (audience = 'file' OR ('internal' = ANY ({setting:visibilities})));
CREATE POLICY centre_message_read ON centre_message FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_message_update ON centre_message FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_message TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, centre_id, audience, attachments) ON centre_message TO {role:search};
GRANT USAGE ON SEQUENCE centre_message_ref_seq TO {role:centres};
