CREATE TABLE core_pending_transition (
    id uuid PRIMARY KEY,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    record_ref text NOT NULL,
    record_version integer NOT NULL,
    action text NOT NULL,
    reason text,
    fields jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'confirmed', 'declined', 'withdrawn', 'expired')),
    proposer_kind text NOT NULL,
    proposer_id uuid NOT NULL,
    proposer_owner uuid,
    second_person uuid,
    concerned uuid[] NOT NULL,
    country text,
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by text
);

CREATE INDEX core_pending_transition_expires_idx ON core_pending_transition (expires_at) WHERE (status = 'pending');
CREATE UNIQUE INDEX core_pending_transition_open_idx ON core_pending_transition (record_id, action) WHERE (status = 'pending');
CREATE INDEX core_pending_transition_record_idx ON core_pending_transition (record_id);

ALTER TABLE core_pending_transition ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_pending_transition FORCE ROW LEVEL SECURITY;
CREATE POLICY core_pending_transition_delete ON core_pending_transition FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}));
CREATE POLICY core_pending_transition_insert ON core_pending_transition FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}));
CREATE POLICY core_pending_transition_read ON core_pending_transition FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR record_id::text = ANY ({setting:records}));
CREATE POLICY core_pending_transition_update ON core_pending_transition FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON core_pending_transition TO {role:access}, {role:membership}, {role:centres}, {role:actions};
