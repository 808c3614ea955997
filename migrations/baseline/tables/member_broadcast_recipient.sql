CREATE TABLE member_broadcast_recipient (
    id uuid PRIMARY KEY,
    broadcast_id uuid NOT NULL REFERENCES member_broadcast (id),
    expert_id uuid NOT NULL,
    language text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('queued', 'sending', 'sent', 'refused', 'bounced', 'unknown', 'excluded')),
    reason text,
    due_at timestamptz NOT NULL,
    delays smallint NOT NULL,
    tried_at timestamptz,
    job_id uuid,
    address_digest bytea,
    token_digest bytea,
    bounced_at timestamptz
);

CREATE INDEX member_broadcast_recipient_broadcast_idx ON member_broadcast_recipient (broadcast_id, id);
CREATE INDEX member_broadcast_recipient_due_idx ON member_broadcast_recipient (broadcast_id, due_at, id) WHERE (outcome = 'queued');
CREATE INDEX member_broadcast_recipient_expert_idx ON member_broadcast_recipient (expert_id);
CREATE INDEX member_broadcast_recipient_outcome_idx ON member_broadcast_recipient (broadcast_id, outcome, id) INCLUDE (reason);
CREATE INDEX member_broadcast_recipient_sending_idx ON member_broadcast_recipient (broadcast_id) WHERE (outcome = 'sending');
CREATE UNIQUE INDEX member_broadcast_recipient_token_idx ON member_broadcast_recipient (token_digest) WHERE (token_digest IS NOT NULL);
CREATE INDEX member_broadcast_recipient_tried_idx ON member_broadcast_recipient (broadcast_id, tried_at) WHERE (tried_at IS NOT NULL);

ALTER TABLE member_broadcast_recipient ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_broadcast_recipient FORCE ROW LEVEL SECURITY;
CREATE POLICY member_broadcast_recipient_delete ON member_broadcast_recipient FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_broadcast_recipient_insert ON member_broadcast_recipient FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_broadcast_recipient_read ON member_broadcast_recipient FOR SELECT USING (('restricted' = ANY ({setting:visibilities})) OR id::text = ANY ({setting:records}));
CREATE POLICY member_broadcast_recipient_update ON member_broadcast_recipient FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_broadcast_recipient TO {role:membership};
