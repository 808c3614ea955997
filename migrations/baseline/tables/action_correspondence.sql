CREATE SEQUENCE action_correspondence_ref_seq;

CREATE TABLE action_correspondence (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('COR', nextval('action_correspondence_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('logged', 'sent', 'awaiting_reply', 'answered', 'closed')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    direction text NOT NULL CHECK (direction IN ('in', 'out')),
    date date NOT NULL,
    subject text NOT NULL,
    parties jsonb NOT NULL,
    about jsonb NOT NULL,
    reply_due date,
    reply_to uuid,
    replied_on date,
    document jsonb,
    search_key text NOT NULL
);

CREATE INDEX action_correspondence_country_idx ON action_correspondence (country, status, id);
CREATE INDEX action_correspondence_created_idx ON action_correspondence (created_at, id);
CREATE INDEX action_correspondence_document_evidence_idx ON action_correspondence ((((document ->> 'evidence_id'))::uuid)) WHERE ((document ->> 'evidence_id') IS NOT NULL);
CREATE INDEX action_correspondence_due_idx ON action_correspondence (reply_due) WHERE (status = 'awaiting_reply');
CREATE INDEX action_correspondence_updated_idx ON action_correspondence (updated_at, id);

ALTER TABLE action_correspondence ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_correspondence FORCE ROW LEVEL SECURITY;
CREATE POLICY action_correspondence_delete ON action_correspondence FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_correspondence_documents ON action_correspondence FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_correspondence_insert ON action_correspondence FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_correspondence_read ON action_correspondence FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_correspondence_update ON action_correspondence FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_correspondence TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, document) ON action_correspondence TO {role:search};
GRANT USAGE ON SEQUENCE action_correspondence_ref_seq TO {role:actions};
