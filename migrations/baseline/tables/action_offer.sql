CREATE SEQUENCE action_offer_ref_seq;

CREATE TABLE action_offer (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('OFF', nextval('action_offer_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('offered', 'accepted', 'confirmed', 'declined', 'refused', 'expired', 'withdrawn')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    request_id uuid NOT NULL REFERENCES action_support_request (id),
    expert_id uuid NOT NULL,
    message text,
    respond_by date NOT NULL,
    accepted_on date
);

CREATE INDEX action_offer_country_idx ON action_offer (country, status, id);
CREATE INDEX action_offer_expert_idx ON action_offer (expert_id, status, id);
CREATE INDEX action_offer_open_idx ON action_offer (expert_id) WHERE (status IN ('offered', 'accepted'));
CREATE INDEX action_offer_request_idx ON action_offer (request_id, id);
CREATE INDEX action_offer_respond_idx ON action_offer (respond_by, id) WHERE (status = 'offered');

ALTER TABLE action_offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_offer FORCE ROW LEVEL SECURITY;
CREATE POLICY action_offer_delete ON action_offer FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY action_offer_insert ON action_offer FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY action_offer_read ON action_offer FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY action_offer_update ON action_offer FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_offer TO {role:actions};
GRANT USAGE ON SEQUENCE action_offer_ref_seq TO {role:actions};
