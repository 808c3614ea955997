CREATE SEQUENCE action_focal_point_ref_seq;

CREATE TABLE action_focal_point (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('FOC', nextval('action_focal_point_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('nominated', 'active', 'handing_over', 'ended')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    search_key text NOT NULL,
    person jsonb NOT NULL,
    expert_id uuid,
    body_id uuid REFERENCES action_government_body (id),
    role text,
    letter jsonb,
    predecessor_id uuid,
    starts date,
    ends date,
    CONSTRAINT action_focal_point_check CHECK (ends >= starts),
    CONSTRAINT action_focal_point_check1 CHECK (status = 'nominated' OR starts IS NOT NULL)
);

CREATE INDEX action_focal_point_body_idx ON action_focal_point (body_id) WHERE (body_id IS NOT NULL);
CREATE INDEX action_focal_point_country_idx ON action_focal_point (country, status, id);
CREATE INDEX action_focal_point_created_idx ON action_focal_point (created_at, id);
CREATE INDEX action_focal_point_expert_idx ON action_focal_point (expert_id) WHERE (expert_id IS NOT NULL);
CREATE INDEX action_focal_point_letter_evidence_idx ON action_focal_point ((((letter ->> 'evidence_id'))::uuid)) WHERE ((letter ->> 'evidence_id') IS NOT NULL);
CREATE INDEX action_focal_point_updated_idx ON action_focal_point (updated_at, id);

ALTER TABLE action_focal_point ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_focal_point FORCE ROW LEVEL SECURITY;
CREATE POLICY action_focal_point_delete ON action_focal_point FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_focal_point_documents ON action_focal_point FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_focal_point_insert ON action_focal_point FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_focal_point_read ON action_focal_point FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_focal_point_update ON action_focal_point FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_focal_point TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, letter) ON action_focal_point TO {role:search};
GRANT USAGE ON SEQUENCE action_focal_point_ref_seq TO {role:actions};
