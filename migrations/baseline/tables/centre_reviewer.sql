CREATE SEQUENCE centre_reviewer_ref_seq;

CREATE TABLE centre_reviewer (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('RVR', nextval('centre_reviewer_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('invited', 'accepted', 'completed', 'declined', 'replaced', 'ended')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    centre_names jsonb NOT NULL,
    expert_id uuid NOT NULL,
    due date NOT NULL,
    conflict_of_interest boolean,
    conflict text,
    replaced_by uuid,
    reminded_on date NOT NULL
);

CREATE INDEX centre_reviewer_centre_idx ON centre_reviewer (centre_id, id);
CREATE INDEX centre_reviewer_country_idx ON centre_reviewer (country, status, id);
CREATE INDEX centre_reviewer_due_idx ON centre_reviewer (due) WHERE (status IN ('invited', 'accepted'));
CREATE INDEX centre_reviewer_expert_idx ON centre_reviewer (expert_id);

ALTER TABLE centre_reviewer ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_reviewer FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_reviewer_delete ON centre_reviewer FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_reviewer_insert ON centre_reviewer FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_reviewer_read ON centre_reviewer FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY centre_reviewer_update ON centre_reviewer FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_reviewer TO {role:centres};
GRANT USAGE ON SEQUENCE centre_reviewer_ref_seq TO {role:centres};
